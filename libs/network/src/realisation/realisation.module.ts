import { Module } from '@nestjs/common';
import { PlanDriftRepository } from './plan-drift.repository.js';
import { PlanUpkeepRepository } from './plan-upkeep.repository.js';
import { RealisationRepository } from './realisation.repository.js';
import { SegmentTaskRepository } from './segment-task.repository.js';
import { SegmentTasks } from './segment-tasks.js';

const providers = [
  PlanDriftRepository,
  PlanUpkeepRepository,
  RealisationRepository,
  SegmentTaskRepository,
  SegmentTasks,
];

/** What of the plan is built, and the tasks that build it. Needs `TaskService`. */
@Module({ providers, exports: providers })
export class RealisationModule {}
