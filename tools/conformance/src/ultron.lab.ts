import { labTarget } from './target/lab.target.js';
import { ultronSpecs } from './ultron/ultron.specs.js';

ultronSpecs(await labTarget());
