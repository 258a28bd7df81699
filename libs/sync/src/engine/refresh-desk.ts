import { Fault } from '@ultron/kernel/fault';
import { newContext, runInContext } from '@ultron/platform/context/request-context';
import type { SyncKind } from '../kind/sync-kind.js';
import { LaneLost } from '../lane/lane.errors.js';
import type { LaneRepository } from '../lane/lane.repository.js';
import type { LaneClaim } from '../lane/lane.types.js';
import type { LaneKey } from '../observed/observed-store.js';
import { RefreshReading } from '../refresh/refresh-reading.js';
import type {
  PendingRefresh,
  RefreshOutcome,
  RefreshRequestRepository,
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

const AT_ONCE = 32;
const PER_CLUSTER = 4;
const LOOKED_AT = 200;
const DEADLINE_MS = 15_000;
/** Begins the id of what all hangs on one object. */
const OF = 'of:';
type Pending = PendingRefresh & { epoch: number };

/** Reads single objects, and what hangs on them, because somebody asked for them. */
export class RefreshDesk<Context> {
  private readonly running = new Map<string, { clusterId: string; work: Promise<void> }>();
  private readonly stopping = new AbortController();

  constructor(private readonly parts: RefreshDeskParts<Context>) {}

  async look(): Promise<void> {
    const { database, requests, conductorId } = this.parts;
    await requests.serveLanes(database.read, conductorId);
    const pending = await requests.pending(database.read, conductorId, LOOKED_AT);
    for (const target of pending) if (this.mayBegin(target)) this.begin(target);
  }

  async close(): Promise<void> {
    this.stopping.abort(new Error('the conductor stops'));
    await Promise.all([...this.running.values()].map(({ work }) => work));
  }

  private mayBegin(target: Pending): boolean {
    if (this.stopping.signal.aborted || this.running.has(keyOf(target)) || this.running.size >= AT_ONCE)
      return false;
    const inCluster = [...this.running.values()].filter(
      ({ clusterId }) => clusterId === target.clusterId,
    ).length;
    return inCluster < PER_CLUSTER;
  }

  private begin(target: Pending): void {
    const work = runInContext(newContext({ actor: 'sync' }), () => this.serve(target))
      .catch((error: unknown) =>
        this.parts.log.warn('a refresh could not be recorded', { reason: String(error) }),
      )
      .finally(() => this.running.delete(keyOf(target)));
    this.running.set(keyOf(target), { clusterId: target.clusterId, work });
  }

  private async serve(target: Pending): Promise<void> {
    const { database, requests } = this.parts;
    let outcome: RefreshOutcome = 'failed';
    let fault: Fault | null = null;
    try {
      outcome = await this.read(target);
    } catch (error) {
      // Its new owner finds the wish where it was.
      if (error instanceof LaneLost || this.stopping.signal.aborted) return;
      fault = this.parts.classify(error);
    }
    await requests.served(database.read, target, outcome, fault?.toRecord() ?? null);
  }

  private async read(target: Pending): Promise<RefreshOutcome> {
    const kind = this.parts.kinds.get(target.kind);
    if (!kind) throw new TypeError(`nobody knows the kind ${target.kind}`);
    if (this.parts.passes.circuitOf(target.clusterId).health === 'shut') throw shut();
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(DEADLINE_MS)]);
    const context = await this.parts.open(target.clusterId, { signal });
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
    if (!lane || !kind) return;
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

const keyOf = ({ clusterId, kind, objectId }: PendingRefresh): string => `${clusterId}/${kind}/${objectId}`;

const shut = (): Fault =>
  new Fault({
    code: 'cluster_not_answering',
    category: 'unavailable',
    detail: 'The cluster has not answered for a while; it is not asked until it does.',
  });
