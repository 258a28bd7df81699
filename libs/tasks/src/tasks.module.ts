import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '@ultron/platform/logging/logger';
import { TraceRepository } from '@ultron/platform/trace/trace.repository';
import { ConductorRepository } from './conductor/conductor.repository.js';
import { TaskWaits } from './engine/task-waits.js';
import { WaitRepository } from './engine/wait.repository.js';
import { TaskQueue } from './queue/task-queue.js';
import { TaskChanges } from './task/task-changes.js';
import { TaskViewRepository } from './task/task-view.repository.js';
import { TaskRepository } from './task/task.repository.js';
import { TaskService } from './task/task.service.js';

export interface TasksModuleOptions {
  redisUrl: string;
  redisPrefix?: string | undefined;
}

@Module({})
class TasksModule implements OnApplicationShutdown {
  constructor(@Inject(TaskQueue) private readonly queue: TaskQueue) {}

  async onApplicationShutdown(): Promise<void> {
    await this.queue.close();
  }
}

/** Provides `TaskService`, `TaskWaits` and `TaskQueue` to the whole application; needs `Database` and `Log`. */
export function tasksModule(options: TasksModuleOptions): DynamicModule {
  const queue = {
    provide: TaskQueue,
    inject: [Log],
    useFactory: (log: Log) => new TaskQueue({ ...options, log }),
  };
  const own = [
    TaskRepository,
    TaskViewRepository,
    TaskChanges,
    WaitRepository,
    ConductorRepository,
    TraceRepository,
  ];
  return {
    module: TasksModule,
    global: true,
    providers: [queue, ...own, TaskService, TaskWaits],
    exports: [TaskService, TaskWaits, TaskQueue],
  };
}
