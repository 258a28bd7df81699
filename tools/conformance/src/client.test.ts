import { afterAll } from '@jest/globals';
import { clientSpecs } from './client/client.specs.js';
import { simTarget } from './target/sim.target.js';

const target = await simTarget();
afterAll(() => target.close());

clientSpecs(target);
