import { afterAll } from '@jest/globals';
import { simTarget } from './target/sim.target.js';
import { portsSpecs } from './ultron/ports/ports.specs.js';

/** Neutron answers after a while, so that there is a middle of each step. */
const target = await simTarget(['zed', 'epoxy'], {}, { base: 60, jitter: 30 });
afterAll(() => target.close());

portsSpecs(target);
