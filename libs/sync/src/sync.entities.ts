import { OpenCircuitEntity } from './circuit/open-circuit.entity.js';
import { LaneEntity } from './lane/lane.entity.js';
import { LaneConductorEntity } from './membership/lane-conductor.entity.js';
import { ObservedObjectEntity } from './observed/observed-object.entity.js';
import { SyncPassEntity } from './pass/sync-pass.entity.js';
import { RefreshRequestEntity } from './refresh/refresh-request.entity.js';
import { SyncTierAssignmentEntity } from './tier/sync-tier-assignment.entity.js';
import { SyncTierEntity } from './tier/sync-tier.entity.js';

export const syncEntities = [
  LaneEntity,
  SyncPassEntity,
  LaneConductorEntity,
  OpenCircuitEntity,
  SyncTierEntity,
  SyncTierAssignmentEntity,
  RefreshRequestEntity,
  ObservedObjectEntity,
];
