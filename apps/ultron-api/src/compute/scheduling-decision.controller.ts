import { Controller, Get, Query } from '@nestjs/common';
import { SchedulingDecisionRepository } from '@ultron/compute/scheduling-decision/scheduling-decision.repository';
import type { Caller } from '@ultron/identity/caller/caller';
import { maySee } from '@ultron/identity/caller/caller.rules';
import { Database } from '@ultron/platform/database/database.service';
import { TaskService } from '@ultron/tasks/task/task.service';
import { CurrentCaller } from '../http/auth/current.caller.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { HttpReply, ok } from '../http/reply/http.reply.js';
import { decisionView, SchedulingDecisionList, SchedulingDecisionQuery } from './scheduling-decision.dto.js';

@Controller('v1/scheduling_decisions')
export class SchedulingDecisionController {
  constructor(
    private readonly decisions: SchedulingDecisionRepository,
    private readonly tasks: TaskService,
    private readonly database: Database,
  ) {}

  @Get()
  @Operation({
    id: 'listSchedulingDecisions',
    tag: 'Servers',
    summary: 'Show why servers are where they are',
    description:
      'The decision that was made with the request, and for each server that had to go elsewhere the next ones. ' +
      'A request that was refused shows its decision in the problem.',
    replies: {
      200: { shape: SchedulingDecisionList, description: 'The decisions; none for an unknown task.' },
    },
  })
  async list(@CurrentCaller() caller: Caller, @Query() query: SchedulingDecisionQuery): Promise<HttpReply> {
    const ids = await this.tasksOf(caller, query.task_id);
    const decisions = await this.decisions.listOfTasks(this.database.read, ids);
    return ok({ scheduling_decisions: decisions.map(decisionView) });
  }

  /** The task, the batch it is in, and the tasks that are in it. */
  private async tasksOf(caller: Caller, id: string): Promise<string[]> {
    const task = await this.tasks.find(id);
    if (!task || !maySee(caller, task.project_id)) return [];
    const children = await this.tasks.itemsOf(id);
    return [id, ...(task.parent_id === null ? [] : [task.parent_id]), ...children.map((child) => child.id)];
  }
}
