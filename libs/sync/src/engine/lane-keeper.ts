import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import type {
  LaneConductorRepository,
  LivingMember,
  NewMember,
} from '../membership/lane-conductor.repository.js';
import { BEAT_MS, ownersOf, shareKey } from '../membership/membership.rules.js';
import {
  AT_ONCE,
  DEAD_AT_ONCE,
  type OwnedShare,
  type OwnershipRepository,
  type Taken,
  type WantedLanes,
} from '../membership/ownership.repository.js';
import { lanesOwned, lanesTaken, switchSeconds } from './sync.metrics.js';

export interface LaneKeeperParts {
  database: Database;
  log: Log;
  members: LaneConductorRepository;
  ownerships: OwnershipRepository;
  /** Makes ready what lanes of the cluster need; whether it succeeded is of no importance. */
  prepare: (clusterId: string) => Promise<void>;
  /** The lanes of these shares, and no others, belong to this conductor. */
  owns: (shares: readonly OwnedShare[]) => void;
  /** Lanes were taken: they may be due. */
  taken: (lanes: readonly Taken[]) => void;
}

/** Clusters that are made ready at once. */
const PREPARED_AT_ONCE = 16;
/** Some at a time, so that many lanes move fast; few, so that each switch stays short. */
const SWITCHES_AT_ONCE = 3;
const STOP_LOOKS_MS = 40;
/** A timer may come a little early. */
const SLACK_MS = 20;

/**
 * Keeps this conductor among the living of its group, and takes the lanes that it should own. The taker does all of it:
 * it makes itself ready while the owner of before still works, and then switches in one short transaction.
 */
export class LaneKeeper {
  /** Prepared since they came to be wanted: not made ready twice. */
  private readonly ready = new Set<string>();
  private memberKey = '';
  private leaving = false;
  private beatenAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly parts: LaneKeeperParts,
    private readonly self: NewMember,
  ) {}

  /** Whether an operator or the end of the process forbids to begin anything. */
  get isLeaving(): boolean {
    return this.leaving;
  }

  /** Says that this conductor lives, when it is time. Whether the members of the group have changed. */
  async beat(): Promise<boolean> {
    const { database, members } = this.parts;
    if (performance.now() - this.beatenAt >= BEAT_MS - SLACK_MS) {
      this.beatenAt = performance.now();
      await members.beat(database.read, this.self);
    }
    const living = await members.living(database.read, this.self.conductorGroup);
    this.leaving = living.some(({ id, leaving }) => id === this.self.id && leaving);
    const key = JSON.stringify(living);
    const changed = key !== this.memberKey;
    this.memberKey = key;
    return changed;
  }

  /** Takes what this conductor should own and does not. Whether lanes of the leaving or dead are still to be taken. */
  async balance(): Promise<boolean> {
    const { database, members, ownerships } = this.parts;
    const shares = await ownerships.shares(database.read, this.self.conductorGroup);
    const own = shares.filter(({ ownerId }) => ownerId === this.self.id);
    lanesOwned.set(sizeOf(own));
    this.parts.owns(own);
    const living = await members.living(database.read, this.self.conductorGroup);
    const wanted = this.wanted(shares, living);
    this.forgetReady(wanted);
    const alive = new Set(living.map(({ id }) => id));
    const ofTheLiving = wanted.filter(({ ownerId }) => ownerId !== null && alive.has(ownerId));
    const ofNobody = wanted.filter((share) => !ofTheLiving.includes(share));
    // Nobody works at the lanes of the dead: they come first, and are made ready when they run.
    let taken = await this.takeParts([...inParts(ofNobody, DEAD_AT_ONCE)], DEAD_AT_ONCE);
    await this.makeReady(ofTheLiving.map(({ clusterId }) => clusterId));
    taken += await this.takeParts([...inParts(ofTheLiving, AT_ONCE)], AT_ONCE);
    const staying = new Set(living.filter(({ leaving }) => !leaving).map(({ id }) => id));
    return taken < sizeOf(wanted) && wanted.some(({ ownerId }) => ownerId === null || !staying.has(ownerId));
  }

  /** Says goodbye, and waits until others have taken the lanes, or none can. */
  async leave(graceMs: number, patienceMs: number): Promise<void> {
    const { database, members, ownerships } = this.parts;
    const until = Date.now() + patienceMs;
    // Nobody beats any more who would read it from the row.
    this.leaving = true;
    await members.leave(database.read, this.self.id, graceMs);
    while (Date.now() < until) {
      if ((await ownerships.count(database.read, this.self.id)) === 0) break;
      await members.beat(database.read, this.self);
      const living = await members.living(database.read, this.self.conductorGroup);
      if (!living.some(({ leaving }) => !leaving)) break;
      await new Promise((resolve) => setTimeout(resolve, STOP_LOOKS_MS));
    }
    await ownerships.release(database.read, this.self.id);
    await members.remove(database.read, this.self.id);
  }

  private wanted(shares: readonly OwnedShare[], living: readonly LivingMember[]): OwnedShare[] {
    const staying = living.filter(({ leaving }) => !leaving);
    if (!staying.some(({ id }) => id === this.self.id)) return [];
    const owners = ownersOf(merged(shares), staying);
    return shares.filter(
      (share) => share.ownerId !== this.self.id && owners.get(shareKey(share)) === this.self.id,
    );
  }

  private async takeParts(parts: readonly OwnedShare[][], atOnce: number): Promise<number> {
    const rest = parts.values();
    let count = 0;
    const taker = async (): Promise<void> => {
      for (const part of rest) count += await this.take(part, atOnce);
    };
    await Promise.all(Array.from({ length: SWITCHES_AT_ONCE }, taker));
    return count;
  }

  private async take(shares: readonly OwnedShare[], atOnce: number): Promise<number> {
    const { database, ownerships, log, taken } = this.parts;
    const wanted = { ...wantedOf(shares), conductorGroup: this.self.conductorGroup, atOnce };
    let from = NaN;
    const lanes = await database.transaction((tx) => {
      // Whoever waits for a connection has locked nothing yet.
      from = performance.now();
      return ownerships.take(tx, this.self.id, wanted);
    });
    if (lanes.length === 0) return 0;
    const ms = performance.now() - from;
    switchSeconds.observe(ms / 1000);
    const free = lanes.filter((lane) => lane.from === null).length;
    lanesTaken.inc({ from: 'nobody' }, free);
    lanesTaken.inc({ from: 'another' }, lanes.length - free);
    log.info('took lanes', { lanes: lanes.length, of_others: lanes.length - free, ms: Math.round(ms) });
    taken(lanes);
    return lanes.length;
  }

  private async makeReady(clusterIds: readonly string[]): Promise<void> {
    const rest = [...new Set(clusterIds)].filter((id) => !this.ready.has(id)).values();
    const worker = async (): Promise<void> => {
      for (const id of rest) {
        await this.parts.prepare(id);
        this.ready.add(id);
      }
    };
    await Promise.all(Array.from({ length: PREPARED_AT_ONCE }, worker));
  }

  private forgetReady(wanted: readonly OwnedShare[]): void {
    const still = new Set(wanted.map(({ clusterId }) => clusterId));
    for (const id of this.ready) if (!still.has(id)) this.ready.delete(id);
  }
}

/** The shares by cluster and domain, whoever owns them now. */
function merged(shares: readonly OwnedShare[]): OwnedShare[] {
  const all = new Map<string, OwnedShare>();
  for (const share of shares) {
    const before = all.get(shareKey(share));
    all.set(shareKey(share), { ...share, lanes: share.lanes + (before?.lanes ?? 0) });
  }
  return [...all.values()];
}

/** So many shares at a time as one switch can take, and only such whose clusters are wanted for the same domains. */
function* inParts(shares: readonly OwnedShare[], atOnce: number): Generator<OwnedShare[]> {
  const clusters = [...Map.groupBy(shares, ({ clusterId }) => clusterId).values()];
  for (const alike of Map.groupBy(clusters, domainsOf).values()) {
    let part: OwnedShare[] = [];
    for (const cluster of alike) {
      if (part.length > 0 && sizeOf(part) + sizeOf(cluster) > atOnce) {
        yield part;
        part = [];
      }
      part.push(...cluster);
    }
    if (part.length > 0) yield part;
  }
}

const domainsOf = (shares: readonly OwnedShare[]): string =>
  [...new Set(shares.map(({ domain }) => domain))].sort().join();

const sizeOf = (shares: readonly OwnedShare[]): number => shares.reduce((sum, { lanes }) => sum + lanes, 0);

function wantedOf(shares: readonly OwnedShare[]): Pick<WantedLanes, 'clusterIds' | 'domains'> {
  return {
    clusterIds: [...new Set(shares.map(({ clusterId }) => clusterId))],
    domains: [...new Set(shares.map(({ domain }) => domain))],
  };
}
