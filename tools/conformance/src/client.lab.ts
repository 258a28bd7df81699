import { clientSpecs } from './client/client.specs.js';
import { labTarget } from './target/lab.target.js';

clientSpecs(await labTarget());
