import type { TaskRef } from '../task/task.types.js';

/** The doorbell. */
export class TaskQueue {
  async ring(_tasks: readonly TaskRef[]): Promise<void> {
    throw new Error('coming');
  }
}
