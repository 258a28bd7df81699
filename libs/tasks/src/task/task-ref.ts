import type { TaskEntity } from './task.entity.js';
import type { TaskRef } from './task.types.js';

/** The columns that are needed to ring for a task. */
export type RefRow = Pick<TaskEntity, 'id' | 'domain' | 'conductor_group' | 'traceparent'>;

export function refOf(task: RefRow): TaskRef {
  return {
    id: task.id,
    domain: task.domain,
    conductorGroup: task.conductor_group,
    traceparent: task.traceparent,
  };
}
