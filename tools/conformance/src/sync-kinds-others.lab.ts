import { labTarget } from './target/lab.target.js';
import { kindSpecs } from './ultron/sync/kinds.spec.js';

const target = await labTarget();
for (const cluster of target.clusters.slice(1)) kindSpecs({ ...target, clusters: [cluster] });
