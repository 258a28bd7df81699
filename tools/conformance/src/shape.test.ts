import { afterAll } from '@jest/globals';
import { shapeSpecs } from './shape/shape.specs.js';
import { simTarget } from './target/sim.target.js';

const target = await simTarget();
afterAll(() => target.close());

shapeSpecs(target.clusters);
