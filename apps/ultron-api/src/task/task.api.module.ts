import { Module } from '@nestjs/common';
import { LongPolls } from './long.polls.js';
import { TaskController } from './task.controller.js';

@Module({ controllers: [TaskController], providers: [LongPolls] })
export class TaskApiModule {}
