import { clientSpecs } from './client/client.specs.js';
import { labTarget } from './target/lab.target.js';

const target = await labTarget();
clientSpecs({ ...target, clusters: target.clusters.slice(1) });
