import { labTarget } from './target/lab.target.js';
import { syncSpecs } from './ultron/sync.spec.js';

syncSpecs(await labTarget());
