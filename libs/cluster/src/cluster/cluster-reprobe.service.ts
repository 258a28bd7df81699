import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { TaskService } from '@ultron/tasks/task/task.service';
import { probeTask, type TaskOrigin } from './cluster-probe.task.js';
import { ClusterRepository } from './cluster.repository.js';

/** Lets clusters come back by themselves that could not be reached when they were probed. */
@Injectable()
export class ClusterReprobes {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ClusterRepository) private readonly clusters: ClusterRepository,
    @Inject(TaskService) private readonly tasks: Pick<TaskService, 'createMany' | 'ring'>,
  ) {}

  /**
   * Begins a new probe of the clusters of the group whose last one, longer than `afterMs` ago, met a cluster that
   * did not answer. Whatever else was wrong has to be put right first, which probes anew by itself.
   */
  async begin(conductorGroup: string, afterMs: number, origin: TaskOrigin): Promise<number> {
    const ids = await this.clusters.idsThatDidNotAnswer(this.database.read, conductorGroup, afterMs);
    for (const id of ids) await this.beginOne(id, origin);
    return ids.length;
  }

  private async beginOne(id: string, origin: TaskOrigin): Promise<void> {
    const task = await this.database.transaction(async (tx) => {
      if (!(await this.clusters.takeForProbe(tx, id))) return null;
      const cluster = await this.clusters.find(tx, id);
      if (!cluster) return null;
      const created = probeTask(cluster, origin);
      await this.tasks.createMany(tx, [created]);
      return created;
    });
    if (task) this.tasks.ring([task]);
  }
}
