import { ConductorEntity } from './conductor/conductor.entity.js';
import { TaskAttemptEntity } from './task/task-attempt.entity.js';
import { TaskStepEntity } from './task/task-step.entity.js';
import { TaskEntity } from './task/task.entity.js';

export const tasksEntities = [TaskEntity, TaskStepEntity, TaskAttemptEntity, ConductorEntity];
