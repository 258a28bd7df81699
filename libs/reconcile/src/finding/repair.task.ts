import { newId } from '@ultron/kernel/id';
import type { NewTask } from '@ultron/tasks/task/task.types';
import type { Finding } from './finding.entity.js';

export const FINDING_REPAIR = 'finding.repair';

/** Repairs touch servers, networks and rows alike: whoever serves clusters does them. */
export const RECONCILE_DOMAIN = 'cluster';

export interface RepairInput {
  finding_id: string;
  cluster_id: string;
}

export interface RepairOrigin {
  traceId: string;
  traceparent: string;
}

export const repairTask = (finding: Finding, conductorGroup: string, origin: RepairOrigin): NewTask => ({
  id: newId(),
  kind: FINDING_REPAIR,
  domain: RECONCILE_DOMAIN,
  conductorGroup,
  projectId: finding.projectId,
  resource: { kind: 'finding', id: finding.id },
  input: { finding_id: finding.id, cluster_id: finding.clusterId } satisfies RepairInput,
  traceId: origin.traceId,
  traceparent: origin.traceparent,
});
