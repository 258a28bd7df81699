import { Module } from '@nestjs/common';
import { ConductorController } from './conductor.controller.js';
import { LongPolls } from './long.polls.js';
import { TaskController } from './task.controller.js';

@Module({ controllers: [TaskController, ConductorController], providers: [LongPolls] })
export class TaskApiModule {}
