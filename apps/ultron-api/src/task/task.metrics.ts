import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Log } from '@ultron/platform/logging/logger';
import { TaskService } from '@ultron/tasks/task/task.service';
import { databaseGauge } from '../http/metrics/database.gauge.js';

/** Tasks that need a person. */
@Injectable()
export class TaskMetrics implements OnModuleInit {
  constructor(
    @Inject(Log) private readonly log: Log,
    @Inject(TaskService) private readonly tasks: TaskService,
  ) {}

  onModuleInit(): void {
    databaseGauge(
      this.log,
      ['ultron_tasks_stuck', 'Tasks that failed and could not be undone.', []],
      async (shown) => shown.set(await this.tasks.countStuck()),
    );
  }
}
