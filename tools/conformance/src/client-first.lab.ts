import { clientSpecs } from './client/client.specs.js';
import { labTarget } from './target/lab.target.js';

// Clusters wait for themselves only: the first one in this file, the others in the next, at the same time.
const target = await labTarget();
clientSpecs({ ...target, clusters: target.clusters.slice(0, 1) });
