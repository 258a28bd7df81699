import { shapeSpecs } from './shape/shape.specs.js';
import { labTarget } from './target/lab.target.js';

shapeSpecs((await labTarget()).clusters);
