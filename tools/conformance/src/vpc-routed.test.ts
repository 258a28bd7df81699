import { afterAll } from '@jest/globals';
import { simTarget } from './target/sim.target.js';
import { vpcSpecs } from './ultron/vpc/vpc.specs.js';

/** Neutron answers after a while, so that there is a middle of each step. */
const target = await simTarget(
  ['zed', 'epoxy', 'queens', 'wallaby', 'antelope'],
  {},
  { base: 120, jitter: 60 },
);
afterAll(() => target.close());

vpcSpecs(target, ['routed']);
