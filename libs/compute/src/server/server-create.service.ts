import { isDeepStrictEqual } from 'node:util';
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
import { KeyPairRepository } from '../key-pair/key-pair.repository.js';
import { unknownName } from '../offer/known-names.rules.js';
import type { Offer } from '../offer/offer.js';
import { OfferService } from '../offer/offer.service.js';
import { SchedulingDecisionRepository } from '../scheduling-decision/scheduling-decision.repository.js';
import { draftOf, orderOf, placementOf, type ServerDraft, type ServerOrder } from './server-draft.js';
import { ServerRepository } from './server.repository.js';
import {
  invalidRequest,
  requestProblems,
  resolve,
  type ResolvedRequest,
  type ServerRequest,
} from './server.rules.js';
import { serverView, type ServerView } from './server.view.js';

/** On whose behalf servers are made. */
export interface Origin {
  projectId: string;
  traceId: string;
  traceparent: string;
}

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

interface Prepared {
  order: ServerOrder;
  offer: Offer;
}

interface Entry extends Prepared {
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
    @Inject(OfferService) private readonly offers: OfferService,
    @Inject(KeyPairRepository) private readonly keyPairs: KeyPairRepository,
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
    const prepared = await this.prepare(request, origin, await this.offers.current());
    return this.unlessStale(prepared, request, origin, (now) =>
      this.writer.write({ ...now, claim, present }),
    );
  }

  /** What `create` would do now; nothing is written or reserved. Throws as `create`. */
  async plan(request: ServerRequest, origin: Origin): Promise<ServerPlan> {
    const { order } = await this.prepare(request, origin, await this.offers.fresh());
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
    prepared: Prepared,
    request: ServerRequest,
    origin: Origin,
    write: (prepared: Prepared) => Promise<Reply>,
  ): Promise<Reply> {
    try {
      return await write(prepared);
    } catch (error) {
      if (!(error instanceof Fault) || error.category !== 'capacity') throw error;
      const offer = await this.offers.fresh();
      if (sameOffer(offer, prepared)) throw error;
      return write(await this.prepare(request, origin, offer));
    }
  }

  private async prepare(request: ServerRequest, origin: Origin, known: Offer): Promise<Prepared> {
    const problems = requestProblems(request);
    const { resolved, offer } = await this.resolve(request, known);
    const keyPair = await this.findKeyPair(request.keyPair, origin.projectId);
    if (Array.isArray(resolved)) problems.push(...resolved);
    if (typeof keyPair === 'string') problems.push({ pointer: '/key_pair', detail: keyPair });
    if (problems.length || Array.isArray(resolved) || typeof keyPair === 'string')
      throw invalidRequest(problems);
    return { order: orderOf({ ...origin, request, resolved, keyPairId: keyPair?.id ?? null }), offer };
  }

  /** A name that is not known may have become known within the last second: only a fresh offer refuses. */
  private async resolve(
    request: ServerRequest,
    known: Offer,
  ): Promise<{ resolved: ResolvedRequest | ReturnType<typeof requestProblems>; offer: Offer }> {
    const resolved = resolve(request, known);
    if (!Array.isArray(resolved)) return { resolved, offer: known };
    const offer = await this.offers.fresh();
    return { resolved: resolve(request, offer), offer };
  }

  /** The key pair, null when none is asked for, or the sentence that says what is wrong. */
  private async findKeyPair(
    name: string | undefined,
    projectId: string,
  ): Promise<{ id: string } | string | null> {
    if (name === undefined) return null;
    const found = await this.keyPairs.find(this.database.read, { projectId }, name);
    return (
      found ?? unknownName('key pair', name, await this.keyPairs.listNames(this.database.read, projectId))
    );
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

/** Whether the clusters that have what the order needs are still the same. */
function sameOffer(offer: Offer, { order }: Prepared): boolean {
  const again = resolve(order.request, offer);
  if (Array.isArray(again)) return false;
  const clustersOf = (resolved: ResolvedRequest) =>
    [resolved.flavor, resolved.image, resolved.network, ...resolved.securityGroups].map((thing) => [
      ...thing.clusters.keys(),
    ]);
  return isDeepStrictEqual(clustersOf(again), clustersOf(order.resolved));
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
