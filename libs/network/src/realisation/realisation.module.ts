import { Module } from '@nestjs/common';
import { SegmentTaskRepository } from './segment-task.repository.js';
import { SegmentTasks } from './segment-tasks.js';

@Module({ providers: [SegmentTaskRepository, SegmentTasks], exports: [SegmentTaskRepository, SegmentTasks] })
export class RealisationModule {}
