import { systemClock } from '@ultron/kernel/clock';
import type { SyncKind } from '../kind/sync-kind.js';
import { LaneRepository } from '../lane/lane.repository.js';
import { LaneConductorRepository } from '../membership/lane-conductor.repository.js';
import { BEAT_MS, shareKey } from '../membership/membership.rules.js';
import { type OwnedShare, OwnershipRepository } from '../membership/ownership.repository.js';
import { KeptIndexes } from '../observed/kept-indexes.js';
import { SyncPassRepository } from '../pass/sync-pass.repository.js';
import { RefreshRequestRepository } from '../refresh/refresh-request.repository.js';
import { LaneCensus } from './lane-census.js';
import { LaneKeeper } from './lane-keeper.js';
import { PassDesk } from './pass-desk.js';
import { RefreshDesk } from './refresh-desk.js';
import { ROOM, SYNC_TIMES, type SyncEngineOptions, type SyncTimes } from './sync-engine.options.js';

/** A conductor that ends waits so long for others to take its lanes. */
const HAND_OVER_MS = 1_200;
const AGAIN_MS = 150;
const STOP_MS = 2_500;
/** Passes often end together: one look fills all their places. */
const GATHER_MS = 20;

/**
 * Keeps what is in the clusters of a group true in the database, together with the other conductors of the group. It is
 * made of four who know little of each other: the keeper owns lanes, the census makes them, the pass desk reads those
 * that are due, and the refresh desk reads what somebody asks for.
 */
export class SyncEngine<Context> {
  private readonly times: SyncTimes;
  private readonly keeper: LaneKeeper;
  private readonly census: LaneCensus<Context>;
  private readonly passes: PassDesk<Context>;
  private readonly indexes: KeptIndexes;
  private readonly kinds: ReadonlyMap<string, SyncKind<Context>>;
  private readonly refreshes: RefreshDesk<Context>;
  private readonly stopping = new AbortController();
  private beats: Promise<void>[] = [];
  private balanceNow: (() => void) | undefined;
  private looksSoon = false;

  constructor(private readonly options: SyncEngineOptions<Context>) {
    const times = { ...SYNC_TIMES, ...options.times };
    const lanes = new LaneRepository();
    const kinds = new Map(options.kinds.map((kind) => [kind.kind, kind]));
    this.times = times;
    this.kinds = kinds;
    this.indexes = new KeptIndexes(options.store);
    this.passes = new PassDesk({
      ...options,
      times,
      lanes,
      kinds,
      history: new SyncPassRepository(),
      indexes: this.indexes,
      room: { ...ROOM, ...options.room },
      freed: () => void this.guarded('looking for lanes that waited', () => this.lookSoon()),
    });
    this.refreshes = new RefreshDesk({
      ...options,
      lanes,
      kinds,
      requests: new RefreshRequestRepository(),
      passes: this.passes,
    });
    this.census = new LaneCensus({ ...options, lanes, spreadMs: times.spread });
    this.keeper = new LaneKeeper(
      {
        ...options,
        members: new LaneConductorRepository(),
        ownerships: new OwnershipRepository(),
        prepare: (clusterId) => this.prepare(clusterId),
        owns: (shares) => this.keepIndexesOf(shares),
        taken: () => void this.guarded('looking at lanes that were taken', () => this.passes.look()),
      },
      { ...options, id: options.conductorId },
    );
  }

  start(): void {
    this.beats = [
      this.repeat('saying that this conductor lives', BEAT_MS / 2, () => this.beat()),
      this.repeat('sharing the lanes', this.times.balance, () => this.balance(), true),
      this.repeat('counting the lanes', this.times.census, () => this.takeCensus()),
      this.repeat('looking for lanes that are due', this.times.look, () => this.look()),
      this.repeat('looking for what is wanted', this.times.look, () => this.refreshes.look()),
    ];
  }

  /**
   * Hands the lanes over and returns, within about two seconds. Lanes at rest go to others at once; a pass that is under
   * way has a moment to end.
   */
  async stop(): Promise<void> {
    const { stopGrace } = this.times;
    this.stopping.abort();
    const leaving = this.guarded('handing over the lanes', () => this.keeper.leave(stopGrace, HAND_OVER_MS));
    const ended = Promise.all([this.passes.close(stopGrace), this.refreshes.close(), leaving, ...this.beats]);
    // What does not heed its signal is left to itself: its lane has another owner, so it writes nothing.
    const patience = new AbortController();
    await Promise.race([ended, systemClock.sleep(STOP_MS, patience.signal)]);
    patience.abort();
  }

  /** Passes under way. */
  get size(): number {
    return this.passes.size;
  }

  /** The state of the circuit of a cluster, as this conductor sees it. */
  circuitOf(clusterId: string): 'closed' | 'open' | 'half_open' {
    return this.passes.circuitOf(clusterId).state;
  }

  private async beat(): Promise<void> {
    if (await this.keeper.beat()) this.balanceNow?.();
  }

  private async balance(): Promise<void> {
    const more = await this.keeper.balance();
    // What was locked or at a pass is free in a moment.
    if (more) setTimeout(() => this.balanceNow?.(), AGAIN_MS).unref();
  }

  private async takeCensus(): Promise<void> {
    await this.census.take();
    await this.passes.resume();
    this.balanceNow?.();
  }

  /** Once, however many passes end meanwhile. */
  private async lookSoon(): Promise<void> {
    if (this.looksSoon) return;
    this.looksSoon = true;
    await systemClock.sleep(GATHER_MS, this.stopping.signal);
    this.looksSoon = false;
    await this.look();
  }

  private async look(): Promise<void> {
    if (!this.keeper.isLeaving) await this.passes.look();
  }

  private keepIndexesOf(shares: readonly OwnedShare[]): void {
    const owned = new Set(shares.map(shareKey));
    this.indexes.keepOnly(({ clusterId, kind }) =>
      owned.has(shareKey({ clusterId, domain: this.kinds.get(kind)?.domain ?? '' })),
    );
  }

  /** A cluster that does not answer must not keep its lanes from their new owner. */
  private async prepare(clusterId: string): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(this.times.prepare)]);
    await this.options.prepare?.(clusterId, signal).catch(() => undefined);
  }

  /** `early`: can be begun before its time, by `balanceNow`. */
  private async repeat(
    what: string,
    everyMs: number,
    work: () => Promise<void>,
    early = false,
  ): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      let pause: AbortSignal = signal;
      if (early) {
        const wake = new AbortController();
        this.balanceNow = () => wake.abort();
        pause = AbortSignal.any([signal, wake.signal]);
      }
      await this.guarded(what, work);
      await systemClock.sleep(everyMs, pause);
    }
  }

  private async guarded(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.options.log.warn(`${what} failed; it is tried again`, { reason: String(error) });
    }
  }
}
