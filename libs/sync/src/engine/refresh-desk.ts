import { Fault } from '@ultron/kernel/fault';
import { databaseTime } from '@ultron/platform/database/database-time';
import { newContext, runInContext } from '@ultron/platform/context/request-context';
import type { SyncKind } from '../kind/sync-kind.js';
import { admit, Places, type ClusterHealth, type Room } from '../lane/admission.rules.js';
import { LaneLost } from '../lane/lane.errors.js';
import { laneAtRest } from '../lane/lane.faults.js';
import type { LaneRepository } from '../lane/lane.repository.js';
import type { LaneClaim } from '../lane/lane.types.js';
import type { LaneKey } from '../observed/observed-store.js';
import { RefreshReading } from '../refresh/refresh-reading.js';
import type {
  Backlog,
  PendingRefresh,
  RefreshOutcome,
  RefreshRequestRepository,
  RefreshTarget,
} from '../refresh/refresh-request.repository.js';
import type { PassDesk } from './pass-desk.js';
import type { SyncEngineOptions } from './sync-engine.options.js';

export interface RefreshDeskParts<Context> extends Pick<
  SyncEngineOptions<Context>,
  'database' | 'log' | 'store' | 'open' | 'classify' | 'conductorId'
> {
  lanes: LaneRepository;
  requests: RefreshRequestRepository;
  kinds: ReadonlyMap<string, SyncKind<Context>>;
  passes: Pick<PassDesk<Context>, 'circuitOf' | 'isNewer'>;
}

/** A cluster that hangs must not stand in the way of others. */
const ROOM: Room = { total: 32, perCluster: 4, inTrouble: 8, patienceMs: 5_000 };
const LOOKED_AT = 200;
/** Lanes of which more objects are wanted are read as a whole. */
const MOST_OBJECTS = 100;
const DEADLINE_MS = 15_000;
/** Begins the id of what all hangs on one object. */
const OF = 'of:';

interface Running {
  clusterId: string;
  /** A refresh does little but wait for its cluster. */
  begunAt: number;
  work: Promise<void>;
}

/** Reads single objects, and what hangs on them, because somebody asked for them; and has the lanes read that are wanted. */
export class RefreshDesk<Context> {
  private readonly running = new Map<string, Running>();
  private readonly stopping = new AbortController();

  constructor(private readonly parts: RefreshDeskParts<Context>) {}

  async look(): Promise<void> {
    const { database, requests, conductorId } = this.parts;
    const backlog = await requests.backlog(database.read, conductorId);
    await this.refuse(backlog);
    const open = backlog.filter(({ atRest }) => atRest === null);
    await this.serveLanes(open);
    if (!open.some(({ objects }) => objects > 0) || this.stopping.signal.aborted) return;
    // Those under way are still pending: behind them there are as many as may begin.
    const limits = { perCluster: 2 * ROOM.perCluster, limit: LOOKED_AT };
    const pending = await requests.pending(database.read, conductorId, limits);
    for (const target of this.admitted(pending.filter((each) => !this.running.has(keyOf(each)))))
      this.begin(target);
  }

  async close(): Promise<void> {
    this.stopping.abort(new Error('the conductor stops'));
    await Promise.all([...this.running.values()].map(({ work }) => work));
  }

  /** What is not read is answered with what is known. */
  private async refuse(backlog: readonly Backlog[]): Promise<void> {
    const { database, requests } = this.parts;
    for (const why of ['paused', 'resting'] as const) {
      const lanes = backlog.filter(({ atRest }) => atRest === why);
      await requests.refuse(database.read, lanes, laneAtRest(why).toRecord());
    }
  }

  /** Whole lanes that are wanted, and those of which so much is wanted that one list answers it sooner. */
  private async serveLanes(backlog: readonly Backlog[]): Promise<void> {
    const { database, requests } = this.parts;
    const folded = backlog.filter(({ objects }) => objects > MOST_OBJECTS);
    const lanes = backlog.filter((lane) => lane.whole || folded.includes(lane));
    if (lanes.length === 0) return;
    const unasked = folded.filter(({ whole }) => !whole);
    await requests.want(
      database.read,
      unasked.map(({ clusterId, kind }) => ({ clusterId, kind, objectId: '' })),
    );
    await requests.answerByLane(database.read, lanes, folded);
    await requests.makeDue(database.read, lanes);
  }

  /** In their order. Of clusters that do not answer all are begun: they end at once, with what is known. */
  private admitted(pending: readonly PendingRefresh[]): PendingRefresh[] {
    const healthOf = (clusterId: string): ClusterHealth => this.parts.passes.circuitOf(clusterId).health;
    const shut = pending.filter(({ clusterId }) => healthOf(clusterId) === 'shut');
    const alike = { ageMs: null, objectiveMs: 1, overdueMs: 0, wanted: true };
    const due = pending.map((target) => ({ ...target, ...alike }));
    const running = [...this.running.values()].map(({ clusterId, begunAt }) => ({
      clusterId,
      waitedMs: performance.now() - begunAt,
    }));
    return [...shut, ...admit(due, new Places(running, ROOM, healthOf))];
  }

  private begin(target: PendingRefresh): void {
    const work = runInContext(newContext({ actor: 'sync' }), () => this.serve(target))
      .catch((error: unknown) =>
        this.parts.log.warn('a refresh could not be recorded', { reason: String(error) }),
      )
      .finally(() => this.running.delete(keyOf(target)));
    this.running.set(keyOf(target), { clusterId: target.clusterId, begunAt: performance.now(), work });
  }

  private async serve(target: PendingRefresh): Promise<void> {
    const { database, requests } = this.parts;
    const askedAt = await databaseTime(database.read);
    let outcome: RefreshOutcome = 'failed';
    let fault: Fault | null = null;
    try {
      outcome = await this.read(target);
    } catch (error) {
      // Its new owner finds the wish where it was.
      if (error instanceof LaneLost || this.stopping.signal.aborted) return;
      fault = this.parts.classify(error);
    }
    await requests.served(database.read, target, askedAt, { outcome, fault: fault?.toRecord() ?? null });
  }

  private async read(target: PendingRefresh): Promise<RefreshOutcome> {
    const kind = this.parts.kinds.get(target.kind);
    if (!kind) throw new TypeError(`nobody knows the kind ${target.kind}`);
    if (this.parts.passes.circuitOf(target.clusterId).health === 'shut') throw shut();
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(DEADLINE_MS)]);
    const context = await this.parts.open(target.clusterId, { signal, waitedFor: target.waitedFor });
    const { clusterId, epoch } = target;
    const claim = { clusterId, kind: target.kind, epoch, conductorId: this.parts.conductorId };
    if (target.objectId.startsWith(OF)) {
      await this.reading(kind, claim, context).children(target.objectId.slice(OF.length));
      return 'read';
    }
    const found = await this.reading(kind, claim, context).object(target.objectId);
    for (const child of kind.dependants ?? [])
      await this.readDependants(child, claim, context, target.objectId);
    return found ? 'found' : 'not_found';
  }

  private async readDependants(
    childKind: string,
    claim: LaneClaim,
    context: Context,
    id: string,
  ): Promise<void> {
    const { database, lanes, requests, kinds, conductorId } = this.parts;
    const lane = await lanes.find(database.read, { clusterId: claim.clusterId, kind: childKind });
    const kind = kinds.get(childKind);
    if (!lane || lane.atRest || !kind) return;
    // A conductor of another domain may own it.
    if (lane.ownerId !== conductorId) {
      return requests.want(database.read, [
        { clusterId: claim.clusterId, kind: childKind, objectId: OF + id },
      ]);
    }
    await this.reading(kind, { ...claim, kind: childKind, epoch: lane.epoch }, context).children(id);
  }

  private reading(kind: SyncKind<Context>, claim: LaneClaim, context: Context): RefreshReading<Context> {
    const { passes } = this.parts;
    const parts = { ...this.parts, isNewer: (lane: LaneKey, id: string) => passes.isNewer(lane, id) };
    return new RefreshReading(parts, kind, claim, context);
  }
}

const keyOf = ({ clusterId, kind, objectId }: RefreshTarget): string => `${clusterId}/${kind}/${objectId}`;

const shut = (): Fault =>
  new Fault({
    code: 'cluster_not_answering',
    category: 'unavailable',
    detail: 'The cluster has not answered for a while; it is not asked until it does.',
  });
