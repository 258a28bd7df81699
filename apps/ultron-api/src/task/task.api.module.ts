import { Module } from '@nestjs/common';
import { LongPolls } from './long.polls.js';
import { TaskController } from './task.controller.js';
import { TaskMetrics } from './task.metrics.js';

@Module({ controllers: [TaskController], providers: [LongPolls, TaskMetrics] })
export class TaskApiModule {}
