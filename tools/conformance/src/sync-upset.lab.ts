import { labTarget } from './target/lab.target.js';
import { groupMoveSpecs } from './ultron/group-move.spec.js';
import { disturbanceSpecs } from './ultron/sync/disturbance.spec.js';

const target = await labTarget();
disturbanceSpecs(target);
groupMoveSpecs(target);
