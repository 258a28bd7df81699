import { Inject, Injectable } from '@nestjs/common';
import type { Explain } from '@ultron/cluster/scheduler/placement';
import { SchedulerService } from '@ultron/cluster/scheduler/scheduler.service';
import { Fault } from '@ultron/kernel/fault';
import { BatchWriter, type BatchOutcome } from '@ultron/platform/database/batch-writer';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import {
  Idempotency,
  type ClaimOutcome,
  type IdempotencyClaim,
  type Reply,
} from '@ultron/platform/idempotency/idempotency.service';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { SchedulingDecisionRepository } from '../scheduling-decision/scheduling-decision.repository.js';
import { draftOf, placementOf, type ServerDraft } from './server-draft.js';
import { ServerRepository } from './server.repository.js';
import type { ServerRequest } from './server.rules.js';
import { samePlaces, ServerOrderService, type Origin, type TakenOrder } from './server-order.service.js';
import { serverView, type ServerView } from './server.view.js';

export interface CreatedServers {
  servers: ServerView[];
  /** The task of the one server, or the parent of the tasks of all. */
  task: NewTask;
  createdAt: Date;
}

export interface ServerPlan {
  servers: { name: string; cluster: { id: string; name: string } }[];
  explain: Explain;
}

interface Entry extends TakenOrder {
  claim: IdempotencyClaim | undefined;
  present: (created: CreatedServers) => Reply;
}

/** Thrown to write the entries of a batch one by one, when one of them must leave nothing behind. */
class WriteApart extends Error {}

/** Requests written in one transaction: enough to share a commit, few enough that none waits long. */
const MAX_BATCH = 128;

/** `POST /v1/servers`. Concurrent requests share transactions: intent, reservations and tasks in a few statements. */
@Injectable()
export class ServerCreateService {
  private readonly writer = new BatchWriter<Entry, Reply>({
    flush: (entries) => this.write(entries),
    maxItems: MAX_BATCH,
    splitOn: (error) => error instanceof WriteApart,
  });

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ServerOrderService) private readonly orders: ServerOrderService,
    @Inject(SchedulerService) private readonly scheduler: SchedulerService,
    @Inject(Idempotency) private readonly idempotency: Idempotency,
    @Inject(ServerRepository) private readonly servers: ServerRepository,
    @Inject(SchedulingDecisionRepository) private readonly decisions: SchedulingDecisionRepository,
    @Inject(TaskService) private readonly tasks: TaskService,
  ) {}

  /**
   * Asks for servers. The answer is made by `present`, because it is kept with the idempotency key.
   * @throws Fault `invalid_body` (422, all bad fields), `no_cluster_fits` (507), `unknown_cluster` (422),
   * `idempotency_key_reused` (422).
   */
  async create(
    request: ServerRequest,
    origin: Origin,
    claim: IdempotencyClaim | undefined,
    present: (created: CreatedServers) => Reply,
  ): Promise<Reply> {
    return this.unlessStale(
      await this.orders.take(request, origin),
      () => this.orders.takeAnew(request, origin),
      (taken) => this.writer.write({ ...taken, claim, present }),
    );
  }

  /** What `create` would do now; nothing is written or reserved. Throws as `create`. */
  async plan(request: ServerRequest, origin: Origin): Promise<ServerPlan> {
    const { order } = await this.orders.takeAnew(request, origin);
    const placed = await this.scheduler.plan(this.database.read, placementOf(order));
    if (placed instanceof Fault) throw placed;
    const names = new Map(order.serverIds.map((id, index) => [id, order.names[index] ?? '']));
    return {
      servers: placed.assignments.map(({ serverId, clusterId, clusterName }) => ({
        name: names.get(serverId) ?? '',
        cluster: { id: clusterId, name: clusterName },
      })),
      explain: placed.explain,
    };
  }

  /** A lack of room may be a cluster's flavor that was found a moment ago: only a fresh offer refuses. */
  private async unlessStale(
    taken: TakenOrder,
    again: () => Promise<TakenOrder>,
    write: (taken: TakenOrder) => Promise<Reply>,
  ): Promise<Reply> {
    try {
      return await write(taken);
    } catch (error) {
      if (!(error instanceof Fault) || error.category !== 'capacity') throw error;
      const now = await again();
      if (samePlaces(taken, now)) throw error;
      return write(now);
    }
  }

  private async write(entries: readonly Entry[]): Promise<BatchOutcome<Reply>[]> {
    const { outcomes, tasks } = await this.database.transaction((tx) => this.writeIn(tx, entries));
    this.tasks.ring(tasks);
    return outcomes;
  }

  private async writeIn(
    tx: Transaction,
    entries: readonly Entry[],
  ): Promise<{ outcomes: BatchOutcome<Reply>[]; tasks: NewTask[] }> {
    const claims = await this.claim(tx, entries);
    const now = new Date();
    const fresh = entries.filter((entry) => isFresh(claims.get(entry)));
    const written = await this.writeFresh(tx, fresh, now);
    const outcomes = new Map<Entry, BatchOutcome<Reply>>();
    const outcomeOf = (entry: Entry): BatchOutcome<Reply> => {
      const claim = claims.get(entry);
      if (claim?.kind === 'replay') return { ok: true, result: claim.reply };
      if (claim?.kind === 'mismatch') return { ok: false, error: claim.fault };
      const first = claim?.kind === 'twin' ? [...claims.keys()][claim.of] : entry;
      const outcome = first && outcomes.get(first);
      if (!outcome) throw new Error('an entry of a batch has no outcome');
      return outcome;
    };
    fresh.forEach((entry, index) => {
      const result = written[index];
      if (result) outcomes.set(entry, outcomeFrom(entry, result, entries.length, now));
    });
    await this.recordReplies(tx, fresh, outcomes);
    const tasks = written.flatMap((result) => (result instanceof Fault ? [] : result.tasks));
    return { outcomes: entries.map(outcomeOf), tasks };
  }

  /** The claims of the entries that came with a key, in the order in which they were claimed. */
  private async claim(tx: Transaction, entries: readonly Entry[]): Promise<Map<Entry, ClaimOutcome>> {
    const keyed = entries.filter((entry) => entry.claim !== undefined);
    const outcomes = await this.idempotency.claimMany(
      tx,
      keyed.flatMap((entry) => entry.claim ?? []),
    );
    return new Map(keyed.flatMap((entry, index) => (outcomes[index] ? [[entry, outcomes[index]]] : [])));
  }

  private async writeFresh(
    tx: Transaction,
    fresh: readonly Entry[],
    now: Date,
  ): Promise<(ServerDraft | Fault)[]> {
    if (!fresh.length) return [];
    const placed = await this.scheduler.placeMany(
      tx,
      fresh.map((entry) => placementOf(entry.order)),
    );
    const drafts = placed.map((result, index) => {
      const entry = fresh[index];
      if (!entry) throw new Error('the scheduler answered more than it was asked');
      return result instanceof Fault ? result : { ...draftOf(entry.order, result), explain: result.explain };
    });
    const good = drafts.flatMap((draft) => (draft instanceof Fault ? [] : [draft]));
    await this.servers.insertMany(
      tx,
      good.flatMap((draft) => draft.servers),
      now,
    );
    await this.tasks.createMany(
      tx,
      good.flatMap((draft) => draft.tasks),
    );
    await this.decisions.insertMany(
      tx,
      good.map(({ task, explain }) => ({ taskId: task.id, projectId: task.projectId ?? '', explain })),
    );
    return drafts;
  }

  private async recordReplies(
    tx: Transaction,
    fresh: readonly Entry[],
    outcomes: ReadonlyMap<Entry, BatchOutcome<Reply>>,
  ): Promise<void> {
    const replies = fresh.flatMap((entry) => {
      const outcome = outcomes.get(entry);
      return entry.claim && outcome?.ok ? [{ claim: entry.claim, reply: outcome.result }] : [];
    });
    await this.idempotency.record(tx, replies);
  }
}

const isFresh = (claim: ClaimOutcome | undefined): boolean => claim === undefined || claim.kind === 'first';

function outcomeFrom(
  entry: Entry,
  result: ServerDraft | Fault,
  batch: number,
  now: Date,
): BatchOutcome<Reply> {
  if (!(result instanceof Fault)) return { ok: true, result: entry.present(createdFrom(entry, result, now)) };
  // A refused request must not keep its key: the whole transaction is undone, which others must not suffer from.
  if (entry.claim) throw batch > 1 ? new WriteApart() : result;
  return { ok: false, error: result };
}

function createdFrom(entry: Entry, draft: ServerDraft, now: Date): CreatedServers {
  const unseen = {
    status: 'requested',
    fault: null,
    version: 1,
    openstackId: null,
    observedStatus: null,
    observedTaskState: null,
    observedPowerState: null,
    observedAt: null,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  } as const;
  const servers = draft.servers.map((row) => serverView({ ...row, ...unseen }, [], entry.offer));
  return { servers, task: draft.task, createdAt: now };
}
