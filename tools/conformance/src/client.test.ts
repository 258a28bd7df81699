import { afterAll } from '@jest/globals';
import { clientSpecs } from './client/client.specs.js';
import { simTarget } from './target/sim.target.js';

const target = await simTarget(['queens', 'train', 'victoria', 'zed', 'epoxy']);
afterAll(() => target.close());

clientSpecs(target);
