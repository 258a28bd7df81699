import { labTarget } from './target/lab.target.js';
import { vpcSpecs } from './ultron/vpc/vpc.specs.js';

vpcSpecs(await labTarget(), ['routed', 'stretched']);
