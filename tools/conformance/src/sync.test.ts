import { afterAll } from '@jest/globals';
import { simTarget } from './target/sim.target.js';
import { syncSpecs } from './ultron/sync.spec.js';

const target = await simTarget(['zed', 'epoxy']);
afterAll(() => target.close());

syncSpecs(target);
