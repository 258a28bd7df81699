import { Injectable } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { projectToReadIn } from '@ultron/identity/caller/caller.rules';
import { rolledBack } from '@ultron/network/address-plan/rolled-back';
import type { NetworkOrigin } from '@ultron/network/lifecycle/network-task';
import { currentContext, newContext } from '@ultron/platform/context/request-context';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask, TaskRef } from '@ultron/tasks/task/task.types';
import { checkIfMatch, etagOf } from '../http/reply/etag.js';
import { accepted, HttpReply, ok } from '../http/reply/http.reply.js';
import { acceptedTask, type AcceptedTask } from '../task/task.dto.js';

/** What a wish about networking made: something of a version, and perhaps a task. */
export interface NetworkChanged {
  task: NewTask | null;
  ring: TaskRef[];
}

/** How what was changed is shown. */
export interface Shown {
  path: string;
  /** Its name in the body: `port`. */
  name: string;
  body: { id: string; version: number; task_id: string | null };
  /** The status when nothing had to be done in any cluster: 201 or 200. */
  withoutTask: 200 | 201;
}

/** Does what is wished of ports, routers, floating IPs and QoS policies, once per idempotency key. */
@Injectable()
export class NetworkChanges {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly tasks: TaskService,
  ) {}

  originOf(caller: Caller): NetworkOrigin {
    const { traceId, traceparent } = currentContext() ?? newContext();
    return { projectId: projectToReadIn(caller), traceId, traceparent };
  }

  /** What would come of it: the very same is done, and taken back. */
  async plan<T>(work: (tx: Transaction) => Promise<T>, show: (result: T) => object): Promise<HttpReply> {
    return ok({ plan: show(await rolledBack(this.database, work)) });
  }

  /** A change of something that is there, of the version that `If-Match` demands. */
  change<T extends NetworkChanged>(
    caller: Caller,
    ifMatch: string | undefined,
    work: (tx: Transaction, origin: NetworkOrigin, check: (version: number) => void) => Promise<T>,
    show: (result: T) => Shown,
  ): Promise<HttpReply> {
    const origin = this.originOf(caller);
    const check = (version: number) => checkIfMatch(ifMatch, version);
    return this.run(undefined, (tx) => work(tx, origin, check), show);
  }

  async run<T extends NetworkChanged>(
    claim: IdempotencyClaim | undefined,
    work: (tx: Transaction) => Promise<T>,
    show: (result: T) => Shown,
  ): Promise<HttpReply> {
    let ring: readonly TaskRef[] = [];
    let unchanged: Shown | undefined;
    const reply = await this.idempotency.run(claim, async (tx) => {
      const result = await work(tx);
      ({ ring } = result);
      const shown = show(result);
      if (result.task === null && shown.body.task_id !== null) unchanged = shown;
      const task = result.task && { id: result.task.id, kind: result.task.kind, status: 'queued' as const };
      return replyOf(shown, task);
    });
    this.tasks.ring(ring);
    return unchanged ? this.withTask(unchanged) : HttpReply.from(reply);
  }

  /** The answer where nothing new was begun: it tells how far the task is that did it. */
  private async withTask(shown: Shown): Promise<HttpReply> {
    const { task_id: id } = shown.body;
    return replyOf(shown, id === null ? null : acceptedTask(await this.tasks.get(id)));
  }
}

function replyOf({ path, name, body, withoutTask }: Shown, task: AcceptedTask | null): HttpReply {
  const location = `${path}/${body.id}`;
  const etag = etagOf(body.version);
  if (!task) return new HttpReply(withoutTask, { [name]: body, task: null }, { location, etag });
  const reply = accepted(location, { [name]: body, task });
  return new HttpReply(reply.statusCode, reply.body, { ...reply.headers, etag });
}
