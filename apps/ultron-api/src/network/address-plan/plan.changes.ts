import { Injectable } from '@nestjs/common';
import { currentContext, newContext } from '@ultron/platform/context/request-context';
import type { Transaction } from '@ultron/platform/database/transaction';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import type { PlanOrigin, PlanWork } from '@ultron/network/realisation/segment-tasks';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { TaskRef } from '@ultron/tasks/task/task.types';
import type { AcceptedTask } from '../../task/task.dto.js';
import { HttpReply } from '../../http/reply/http.reply.js';

/** What a change of the plan answers, and the tasks that are to be rung once it is committed. */
export interface PlanChanged {
  reply: HttpReply;
  work: PlanWork | null;
}

/** Changes a plan once per idempotency key, and rings the tasks that carry it out. */
@Injectable()
export class PlanChanges {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly tasks: TaskService,
  ) {}

  async run(
    claim: IdempotencyClaim | undefined,
    work: (tx: Transaction) => Promise<PlanChanged>,
  ): Promise<HttpReply> {
    let ring: readonly TaskRef[] = [];
    const reply = await this.idempotency.run(claim, async (tx) => {
      const changed = await work(tx);
      ring = changed.work?.ring ?? [];
      return changed.reply;
    });
    this.tasks.ring(ring);
    return HttpReply.from(reply);
  }
}

export function originOf(projectId: string): PlanOrigin {
  const { traceId, traceparent } = currentContext() ?? newContext();
  return { projectId, traceId, traceparent };
}

export const newTask = ({ task: { id, kind } }: PlanWork): AcceptedTask => ({ id, kind, status: 'queued' });
