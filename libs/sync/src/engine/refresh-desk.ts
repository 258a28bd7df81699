import { Fault } from '@ultron/kernel/fault';
import { newContext, runInContext } from '@ultron/platform/context/request-context';
import type { ObservedObject } from '../kind/observed.js';
import type { SyncKind } from '../kind/sync-kind.js';
import { LaneLost } from '../lane/lane.errors.js';
import type { LaneRepository } from '../lane/lane.repository.js';
import type { LaneClaim } from '../lane/lane.types.js';
import { LaneWriter } from '../pass/lane-writer.js';
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
/** Somebody waits for what was asked for by name: the second question comes sooner than those of a pass. */
const ASKED_AGAIN_MS = 1_000;
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
      await this.readChildren(kind, claim, context, target.objectId.slice(OF.length));
      return 'read';
    }
    const object = await kind.find(context, target.objectId);
    await this.note(kind, claim, object ? [object] : [], object ? [] : [target.objectId]);
    for (const child of kind.dependants ?? [])
      await this.readDependants(child, claim, context, target.objectId);
    return object ? 'found' : 'not_found';
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
    await this.readChildren(kind, { ...claim, kind: childKind, epoch: lane.epoch }, context, id);
  }

  private async readChildren(
    kind: SyncKind<Context>,
    claim: LaneClaim,
    context: Context,
    parentId: string,
  ): Promise<void> {
    if (!kind.listOf) return;
    const found = new Map<string, ObservedObject>();
    for await (const page of kind.listOf(context, parentId))
      for (const object of page) found.set(object.id, object);
    const known = await this.parts.store.idsOf(this.parts.database.read, claim, parentId);
    const absent: string[] = [];
    for (const id of known.filter((each) => !found.has(each))) {
      // It may hang on something else by now, or be gone.
      const object = await kind.find(context, id);
      if (object) found.set(id, object);
      else absent.push(id);
    }
    await this.note(kind, claim, [...found.values()], absent);
  }

  /** Not found once is not gone: the lane asks again soon. */
  private async note(
    kind: SyncKind<Context>,
    claim: LaneClaim,
    found: readonly ObservedObject[],
    absent: readonly string[],
  ): Promise<void> {
    const { database, lanes, passes, store } = this.parts;
    for (const id of [...found.map((object) => object.id), ...absent]) passes.isNewer(claim, id);
    const writer = new LaneWriter({ database, lanes, store }, kind, claim);
    await writer.apply(found);
    const known = absent.length > 0 ? await store.known(database.read, claim, absent) : new Map();
    const vanished = absent.filter((id) => known.has(id));
    if (vanished.length === 0) return;
    await writer.missing(vanished);
    await writer.notFound(vanished, []);
    await lanes.confirmSoon(database.read, claim, ASKED_AGAIN_MS);
  }
}

const keyOf = ({ clusterId, kind, objectId }: PendingRefresh): string => `${clusterId}/${kind}/${objectId}`;

const shut = (): Fault =>
  new Fault({
    code: 'cluster_not_answering',
    category: 'unavailable',
    detail: 'The cluster has not answered for a while; it is not asked until it does.',
  });
