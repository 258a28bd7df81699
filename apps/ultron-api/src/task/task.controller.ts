import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { maySee, projectToReadIn } from '@ultron/identity/caller/caller.rules';
import { Fault } from '@ultron/kernel/fault';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { TaskFilter, TaskRef, TaskView } from '@ultron/tasks/task/task.types';
import type { FastifyReply } from 'fastify';
import { CurrentCaller } from '../http/auth/current.caller.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { goneSignal } from '../http/gone.signal.js';
import { etagOf } from '../http/reply/etag.js';
import { accepted, HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { LongPolls } from './long.polls.js';
import { TaskAccepted, TaskBody, TaskItemList, TaskList } from './task.dto.js';
import { AbandonBody, TaskItemsQuery, TaskQuery, TaskWaitQuery } from './task.query.dto.js';

type TaskSort = 'created_at';

@Controller('v1/tasks')
export class TaskController {
  constructor(
    private readonly tasks: TaskService,
    private readonly polls: LongPolls,
    private readonly idempotency: Idempotency,
  ) {}

  @Get()
  @Operation({
    id: 'listTasks',
    tag: 'Tasks',
    summary: 'List tasks',
    description: 'Newest first, without their steps and attempts.',
    replies: { 200: { shape: TaskList, description: 'A page of tasks.' } },
  })
  async list(@CurrentCaller() caller: Caller, @Query() query: TaskQuery): Promise<HttpReply> {
    const filter = filterOf(caller, query);
    return listReply<TaskView, TaskSort>({
      path: '/v1/tasks',
      name: 'tasks',
      query,
      defaultSort: '-created_at',
      shape: TaskBody,
      find: (page) => this.tasks.list(filter, keyset(page)),
      sortValue: () => null,
    });
  }

  @Get(':id')
  @Operation({
    id: 'getTask',
    tag: 'Tasks',
    summary: 'Show a task, or wait for it',
    description:
      'Everything about the task: its steps with their times, the attempts with cluster and reason, what it waits ' +
      'for, the request ids of OpenStack, and who can fix what went wrong.',
    replies: { 200: { shape: TaskBody, description: 'The task.' } },
    problems: { 404: 'task_not_found', 429: 'too_many_waiting' },
  })
  async get(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Query() query: TaskWaitQuery,
    @Res({ passthrough: true }) raw: FastifyReply,
  ): Promise<HttpReply> {
    const task = await this.visible(caller, id);
    if (query.wait === undefined) return shown(task);
    const ms = parseInt(query.wait, 10) * 1000;
    return shown(await this.polls.wait(task, ms, query.version, goneSignal(raw)));
  }

  @Get(':id/items')
  @Operation({
    id: 'listTaskItems',
    tag: 'Tasks',
    summary: 'List the tasks of a batch',
    replies: { 200: { shape: TaskItemList, description: 'A page of the tasks of the batch.' } },
    problems: { 404: 'task_not_found' },
  })
  async items(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Query() query: TaskItemsQuery,
  ): Promise<HttpReply> {
    await this.visible(caller, id);
    return listReply<TaskView, TaskSort>({
      path: `/v1/tasks/${id}/items`,
      name: 'items',
      query,
      defaultSort: 'created_at',
      shape: TaskBody,
      find: (page) => this.tasks.list({ parentId: id, status: query.status }, keyset(page)),
      sortValue: () => null,
    });
  }

  @Post(':id/cancel')
  @Operation({
    id: 'cancelTask',
    tag: 'Tasks',
    summary: 'Ask a task to stop',
    description:
      'The task, or all that is unfinished of a batch, stops at the next boundary between two steps and is undone. ' +
      'A task that has ended stays as it is.',
    replies: { 202: { shape: TaskAccepted, description: 'The task as it is now.' } },
    problems: { 404: 'task_not_found' },
  })
  async cancel(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    return this.once(caller, id, claim, (tx) => this.tasks.requestCancel(tx, id));
  }

  @Post(':id/retry')
  @Operation({
    id: 'retryTask',
    tag: 'Tasks',
    summary: 'Let a stuck task go on',
    description: 'A stuck task goes on where it stopped; a failed one begins anew.',
    access: 'admin',
    replies: { 202: { shape: TaskAccepted, description: 'The task as it is now.' } },
    problems: { 404: 'task_not_found', 409: 'task_not_retryable' },
  })
  async retry(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    return this.once(caller, id, claim, (tx) => this.tasks.retryIn(tx, id));
  }

  @Post(':id/abandon')
  @Operation({
    id: 'abandonTask',
    tag: 'Tasks',
    summary: 'Give a stuck task up',
    description: 'It ends as failed and leaves behind what could not be undone.',
    access: 'admin',
    replies: { 202: { shape: TaskAccepted, description: 'The task as it is now.' } },
    problems: { 404: 'task_not_found', 409: 'task_not_stuck' },
  })
  async abandon(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: AbandonBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    return this.once(caller, id, claim, (tx) => this.tasks.abandonIn(tx, id, body.note));
  }

  /** Does it once per key, tells the conductors, and answers with the task as it is then. */
  private async once(
    caller: Caller,
    id: string,
    claim: IdempotencyClaim | undefined,
    work: (tx: Transaction) => Promise<TaskRef[]>,
  ): Promise<HttpReply> {
    await this.visible(caller, id);
    let woken: TaskRef[] = [];
    await this.idempotency.run(claim, async (tx) => {
      woken = await work(tx);
      return accepted(`/v1/tasks/${id}`, { task: { id } });
    });
    this.tasks.ring(woken);
    return accepted(`/v1/tasks/${id}`, { task: await this.tasks.get(id) });
  }

  private async visible(caller: Caller, id: string): Promise<TaskView> {
    const task = await this.tasks.find(id);
    if (task && maySee(caller, task.project_id)) return task;
    throw new Fault({ code: 'task_not_found', category: 'not_found', detail: `There is no task ${id}.` });
  }
}

const shown = (task: TaskView): HttpReply => ok(task, { etag: etagOf(task.version) });

/** Ids are made in the order of time, so the id alone is the key. */
const keyset = (page: Page<TaskSort>) => ({
  limit: page.limit + 1,
  order: page.order,
  after: page.after?.id,
});

function filterOf(caller: Caller, query: TaskQuery): TaskFilter {
  const [kind, id] = query.resource?.split(':') ?? [];
  return {
    projectId: projectToReadIn(caller, query.project_id),
    status: query.status,
    kind: query.kind,
    resource: kind !== undefined && id !== undefined ? { kind, id } : undefined,
    parentId: query.parent_id,
    topLevel: query.top_level,
    createdAfter: dateOf(query.created_after),
    createdBefore: dateOf(query.created_before),
  };
}

const dateOf = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(text);
