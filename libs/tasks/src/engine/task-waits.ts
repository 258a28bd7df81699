import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { TaskQueue } from '../queue/task-queue.js';
import { WaitRepository } from './wait.repository.js';
import type { ObservationWait } from '../task/task.types.js';

/** The watchers' side of `waitFor`: who waits for what in a cluster, and waking them. */
@Injectable()
export class TaskWaits {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(WaitRepository) private readonly waits: WaitRepository,
    @Inject(TaskQueue) private readonly queue: TaskQueue,
  ) {}

  /** Everybody who waits for a kind of resource in a cluster. */
  async list(clusterId: string, resource: string): Promise<ObservationWait[]> {
    return this.waits.list(this.database.read, clusterId, resource);
  }

  /** Which (cluster, resource) pairs anybody waits for, so that nobody polls for nothing. */
  async wanted(): Promise<{ clusterId: string; resource: string; count: number }[]> {
    return this.waits.wanted(this.database.read);
  }

  /**
   * Lets the tasks run their step again, which looks for itself: waking a task too often is harmless. Returns how many
   * were waiting.
   */
  async wake(taskIds: readonly string[]): Promise<number> {
    if (taskIds.length === 0) return 0;
    const woken = await this.database.transaction((tx) => this.waits.wake(tx, taskIds));
    await this.queue.ring(woken);
    return woken.length;
  }
}
