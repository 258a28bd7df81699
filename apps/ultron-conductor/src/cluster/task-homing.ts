import type { ConductorGroupRepository } from '@ultron/cluster/conductor-group/conductor-group.repository';
import type { GroupClustersRepository } from '@ultron/cluster/conductor-group/group-clusters.repository';
import { systemClock } from '@ultron/kernel/clock';
import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import type { TaskService } from '@ultron/tasks/task/task.service';

export interface TaskHomingParts {
  database: Database;
  log: Log;
  tasks: Pick<TaskService, 'takeIn'>;
  groups: Pick<ConductorGroupRepository, 'names'>;
  clusters: Pick<GroupClustersRepository, 'ids'>;
  conductorGroup: string;
}

const EVERY_MS = 5_000;
/** A group that serves its tasks has taken them by then. */
const GRACE_MS = 3_000;

/**
 * Brings home the tasks of this group's clusters that another group has. The move of a cluster takes its tasks along;
 * what is left are those that were being written at that very moment.
 */
export class TaskHoming {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: TaskHomingParts) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** How many were brought home. */
  async look(): Promise<number> {
    const { database, tasks, groups, clusters, conductorGroup: to, log } = this.parts;
    const from = (await groups.names(database.read)).filter((name) => name !== to);
    if (from.length === 0) return 0;
    const clusterIds = await clusters.ids(database.read, to);
    const count = await tasks.takeIn({ clusterIds, from, to, graceMs: GRACE_MS });
    if (count > 0) log.info('took in tasks of clusters that came from another group', { count });
    return count;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await systemClock.sleep(EVERY_MS, signal);
      if (signal.aborted) return;
      await this.look().catch((error: unknown) =>
        this.parts.log.warn('tasks of other groups could not be looked at', { reason: String(error) }),
      );
    }
  }
}
