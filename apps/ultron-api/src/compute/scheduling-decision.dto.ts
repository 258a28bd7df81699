import type { SchedulingDecision } from '@ultron/compute/scheduling-decision/scheduling-decision.entity';
import { AnyJson, Id, Parts, Time } from '../http/field/field.decorator.js';

export class SchedulingDecisionQuery {
  @Id({ description: 'The task, or the parent of a batch, that the decision was made for.' })
  task_id!: string;
}

export class SchedulingDecisionBody {
  @Id({ description: 'The id of the decision.' })
  id!: string;

  @Id({ description: 'The task it was made for.' })
  task_id!: string;

  @AnyJson({
    description:
      'Every cluster with the filter that refused it and the numbers that were compared, or with its room, its ' +
      'weights, and how many servers it got.',
    example: { count: 20, min_count: 20, policy: 'spread', flavor: 'm1.small', room: 480, clusters: [] },
  })
  explain!: object;

  @Time({ description: 'When it was made.' })
  created_at!: string;
}

export class SchedulingDecisionList {
  @Parts(() => SchedulingDecisionBody, { description: 'The decisions, oldest first.', max: 1000 })
  scheduling_decisions!: SchedulingDecisionBody[];
}

export const decisionView = (decision: SchedulingDecision): SchedulingDecisionBody => ({
  id: decision.id,
  task_id: decision.taskId,
  explain: decision.explain,
  created_at: decision.createdAt.toISOString(),
});
