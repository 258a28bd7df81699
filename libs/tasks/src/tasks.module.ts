import { Module, type DynamicModule } from '@nestjs/common';
import { TaskWaits } from './engine/task-waits.js';
import { WaitRepository } from './engine/wait.repository.js';
import { TaskQueue } from './queue/task-queue.js';
import { TaskChanges } from './task/task-changes.js';
import { TaskRepository } from './task/task.repository.js';
import { TaskService } from './task/task.service.js';

export interface TasksModuleOptions {
  redisUrl: string;
  redisPrefix?: string | undefined;
}

@Module({})
class TasksModule {}

/** Provides `TaskService` and `TaskWaits` to the whole application; needs `Database` and `Log`. */
export function tasksModule(_options: TasksModuleOptions): DynamicModule {
  const providers = [TaskService, TaskRepository, TaskChanges, TaskWaits, WaitRepository, TaskQueue];
  return { module: TasksModule, global: true, providers, exports: [TaskService, TaskWaits] };
}
