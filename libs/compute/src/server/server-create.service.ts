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
import type { TaskRef } from '@ultron/tasks/task/task.types';
import { withSupplements } from '../server-nic/server-addresses.js';
import type { Shortage } from '../server-nic/address-replenishment.js';
import {
  ServerNicRepository,
  type NamedNic,
  type NewServerNic,
} from '../server-nic/server-nic.repository.js';
import { isVpcNic } from '../server-nic/nic-request.rules.js';
import { SchedulingDecisionRepository } from '../scheduling-decision/scheduling-decision.repository.js';
import { OrderPlacement, WriteApart, type PlacedOrder } from './order-placement.js';
import { draftOf, placementOf, type ServerDraft, type ServerOrder } from './server-draft.js';
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
  servers: { name: string; cluster: { id: string; name: string }; addresses: string[] }[];
  explain: Explain;
}

interface Entry extends TakenOrder {
  claim: IdempotencyClaim | undefined;
  present: (created: CreatedServers) => Reply;
}

/** A draft that was written, with the networks of all servers of its batch. */
interface Written extends ServerDraft {
  named: ReadonlyMap<string, NamedNic[]>;
}

/** Carries a plan out of the transaction that must not be. */
class OnlyPlanned extends Error {
  constructor(readonly placed: PlacedOrder | Fault) {
    super('a plan is not carried out');
  }
}

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
    @Inject(OrderPlacement) private readonly placement: OrderPlacement,
    @Inject(ServerNicRepository) private readonly nics: ServerNicRepository,
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
    const placed = await this.tryOut(order);
    if (placed instanceof Fault) throw placed;
    const names = new Map(order.serverIds.map((id, index) => [id, order.names[index] ?? '']));
    const nics = Map.groupBy(placed.nics, ({ serverId }) => serverId);
    return {
      servers: placed.assignments.map(({ serverId, clusterId, clusterName }) => ({
        name: names.get(serverId) ?? '',
        cluster: { id: clusterId, name: clusterName },
        addresses: (nics.get(serverId) ?? []).flatMap(({ address }) => address ?? []),
      })),
      explain: placed.explain,
    };
  }

  /** Exact addresses are known only by taking them: they are taken in a transaction that is undone. */
  private async tryOut(order: ServerOrder): Promise<PlacedOrder | Fault> {
    if (!order.resolved.nics.some(isVpcNic)) {
      const placed = await this.scheduler.plan(this.database.read, placementOf(order));
      return placed instanceof Fault ? placed : { ...placed, nics: [] };
    }
    try {
      return await withSupplements(async (shortages) =>
        this.database.transaction(async (tx) => {
          const { placed } = await this.placement.place(tx, [order], shortages);
          throw new OnlyPlanned(firstOf(placed));
        }),
      );
    } catch (error) {
      if (error instanceof OnlyPlanned) return error.placed;
      throw error;
    }
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
    const { outcomes, tasks } = await withSupplements((shortages) =>
      this.database.transaction((tx) => this.writeIn(tx, entries, shortages)),
    );
    this.tasks.ring(tasks);
    return outcomes;
  }

  private async writeIn(
    tx: Transaction,
    entries: readonly Entry[],
    shortages: readonly Shortage[],
  ): Promise<{ outcomes: BatchOutcome<Reply>[]; tasks: TaskRef[] }> {
    const claims = await this.claim(tx, entries);
    const now = new Date();
    const fresh = entries.filter((entry) => isFresh(claims.get(entry)));
    const { written, ring } = await this.writeFresh(tx, fresh, now, shortages);
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
    return { outcomes: entries.map(outcomeOf), tasks: [...ring, ...tasks] };
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
    shortages: readonly Shortage[],
  ): Promise<{ written: (Written | Fault)[]; ring: TaskRef[] }> {
    if (!fresh.length) return { written: [], ring: [] };
    const orders = fresh.map((entry) => entry.order);
    const { placed, ring } = await this.placement.place(tx, orders, shortages);
    const drafts = placed.map((result, index) => {
      const order = orders[index];
      if (!order) throw new Error('the scheduler answered more than it was asked');
      if (result instanceof Fault) return result;
      return { ...draftOf(order, result, result.nics), explain: result.explain };
    });
    const good = drafts.flatMap((draft) => (draft instanceof Fault ? [] : [draft]));
    await this.servers.insertMany(
      tx,
      good.flatMap((draft) => draft.servers),
      now,
    );
    const named = await this.insertNics(
      tx,
      good.flatMap((draft) => draft.nics),
    );
    await this.tasks.createMany(
      tx,
      good.flatMap((draft) => draft.tasks),
    );
    await this.decisions.insertMany(
      tx,
      good.map(({ task, explain }) => ({ taskId: task.id, projectId: task.projectId ?? '', explain })),
    );
    const written = drafts.map((draft) => (draft instanceof Fault ? draft : { ...draft, named }));
    return { written, ring };
  }

  /** Returns them by server, with what their VPCs and subnets are called. */
  private async insertNics(
    tx: Transaction,
    nics: readonly NewServerNic[],
  ): Promise<ReadonlyMap<string, NamedNic[]>> {
    await this.nics.insertMany(tx, nics);
    const ids = new Set(nics.map(({ serverId }) => serverId));
    return Map.groupBy(await this.nics.listOfServers(tx, [...ids]), ({ serverId }) => serverId);
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

function firstOf<T>(results: readonly T[]): T {
  const [first] = results;
  if (first === undefined) throw new Error('the scheduler answered less than it was asked');
  return first;
}

const isFresh = (claim: ClaimOutcome | undefined): boolean => claim === undefined || claim.kind === 'first';

function outcomeFrom(entry: Entry, result: Written | Fault, batch: number, now: Date): BatchOutcome<Reply> {
  if (!(result instanceof Fault)) return { ok: true, result: entry.present(createdFrom(entry, result, now)) };
  // A refused request must not keep its key: the whole transaction is undone, which others must not suffer from.
  if (entry.claim) throw batch > 1 ? new WriteApart() : result;
  return { ok: false, error: result };
}

function createdFrom(entry: Entry, draft: Written, now: Date): CreatedServers {
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
  const servers = draft.servers.map((row) =>
    serverView({ ...row, ...unseen }, { ports: [], nics: draft.named.get(row.id) ?? [] }, entry.offer),
  );
  return { servers, task: draft.task, createdAt: now };
}
