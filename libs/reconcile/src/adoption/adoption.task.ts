import { newId } from '@ultron/kernel/id';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { RECONCILE_DOMAIN, type RepairOrigin } from '../finding/repair.task.js';
import type { Adoptable } from './adoptable.js';

export const ADOPTION_TASK = {
  adopt: 'adoption.adopt',
  /** The parent of those that one request asked for. */
  adoptMany: 'adoption.adopt_many',
  release: 'adoption.release',
} as const;

export interface AdoptInput {
  adoption_id: string;
  cluster_id: string;
}

/** An adoption that is wanted. */
export interface NewAdoption {
  id: string;
  clusterId: string;
  subjectKind: Adoptable;
  openstackId: string;
  projectId: string;
  ruleId: string | null;
  mark: boolean;
  resourceId: string;
  taskId: string;
}

/** An adoption with all that is chosen beforehand; one that is asked for anew keeps the id that it has. */
export const newAdoption = (wish: Omit<NewAdoption, 'id' | 'resourceId' | 'taskId'>): NewAdoption => ({
  ...wish,
  id: newId(),
  resourceId: newId(),
  taskId: newId(),
});

export const adoptionTask = (
  adoption: Pick<NewAdoption, 'id' | 'clusterId' | 'projectId' | 'taskId'>,
  kind: string,
  conductorGroup: string,
  origin: RepairOrigin,
  parentId?: string,
): NewTask => ({
  id: adoption.taskId,
  kind,
  domain: RECONCILE_DOMAIN,
  conductorGroup,
  projectId: adoption.projectId,
  parentId,
  resource: { kind: 'adoption', id: adoption.id },
  input: { adoption_id: adoption.id, cluster_id: adoption.clusterId } satisfies AdoptInput,
  traceId: origin.traceId,
  traceparent: origin.traceparent,
});
