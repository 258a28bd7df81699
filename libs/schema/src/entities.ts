import { clusterEntities } from '@ultron/cluster/cluster.entities';
import { computeEntities } from '@ultron/compute/compute.entities';
import { identityEntities } from '@ultron/identity/identity.entities';
import { networkEntities } from '@ultron/network/network.entities';
import type { EntityClass } from '@ultron/platform/database/open-database';
import { platformEntities } from '@ultron/platform/platform.entities';
import { reconcileEntities } from '@ultron/reconcile/reconcile.entities';
import { reportEntities } from '@ultron/report/report.entities';
import { securityGroupEntities } from '@ultron/security-group/security-group.entities';
import { syncEntities } from '@ultron/sync/sync.entities';
import { tasksEntities } from '@ultron/tasks/tasks.entities';

/** The entities of all libraries. */
export const entities: readonly EntityClass[] = [
  ...platformEntities,
  ...tasksEntities,
  ...identityEntities,
  ...clusterEntities,
  ...securityGroupEntities,
  ...networkEntities,
  ...computeEntities,
  ...syncEntities,
  ...reconcileEntities,
  ...reportEntities,
];
