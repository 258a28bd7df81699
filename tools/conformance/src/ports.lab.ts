import { labTarget } from './target/lab.target.js';
import { portsSpecs } from './ultron/ports/ports.specs.js';

portsSpecs(await labTarget());
