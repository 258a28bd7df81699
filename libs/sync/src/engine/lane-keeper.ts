import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import type {
  LaneConductorRepository,
  LivingMember,
  NewMember,
} from '../membership/lane-conductor.repository.js';
import { ownersOf, shareKey } from '../membership/membership.rules.js';
import {
  AT_ONCE,
  type OwnedShare,
  type OwnershipRepository,
  type Taken,
  type WantedLanes,
} from '../membership/ownership.repository.js';
import { lanesOwned, lanesTaken } from './sync.metrics.js';

export interface LaneKeeperParts {
  database: Database;
  log: Log;
  members: LaneConductorRepository;
  ownerships: OwnershipRepository;
  /** Makes ready what lanes of the cluster need; whether it succeeded is of no importance. */
  prepare: (clusterId: string) => Promise<void>;
  /** Lanes were taken: they may be due. */
  taken: (lanes: readonly Taken[]) => void;
}

/** Clusters that are made ready at once. */
const PREPARED_AT_ONCE = 16;
const STOP_LOOKS_MS = 40;

/**
 * Keeps this conductor among the living of its group, and takes the lanes that it should own. The taker does all of it:
 * it makes itself ready while the owner of before still works, and then switches in one short transaction.
 */
export class LaneKeeper {
  /** Prepared since they came to be wanted: not made ready twice. */
  private readonly ready = new Set<string>();
  private memberKey = '';
  private leaving = false;

  constructor(
    private readonly parts: LaneKeeperParts,
    private readonly self: NewMember,
  ) {}

  /** Whether an operator or the end of the process forbids to begin anything. */
  get isLeaving(): boolean {
    return this.leaving;
  }

  /** Says that this conductor lives. Whether the members of the group have changed since the last time. */
  async beat(): Promise<boolean> {
    const { database, members } = this.parts;
    await members.beat(database.read, this.self);
    const living = await members.living(database.read, this.self.conductorGroup);
    this.leaving = living.some(({ id, leaving }) => id === this.self.id && leaving);
    const key = JSON.stringify(living);
    const changed = key !== this.memberKey;
    this.memberKey = key;
    return changed;
  }

  /** Takes what this conductor should own and does not. */
  async balance(): Promise<void> {
    const { database, members, ownerships } = this.parts;
    const shares = await ownerships.shares(database.read, this.self.conductorGroup);
    lanesOwned.set(lanesOf(shares, this.self.id));
    const living = await members.living(database.read, this.self.conductorGroup);
    const wanted = this.wanted(shares, living);
    this.forgetReady(wanted);
    for (const part of inParts(wanted)) await this.takeOver(part, living);
  }

  /** Says goodbye, and waits until others have taken the lanes, or none can. */
  async leave(graceMs: number, patienceMs: number): Promise<void> {
    const { database, members, ownerships } = this.parts;
    const until = Date.now() + patienceMs;
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

  private async takeOver(shares: readonly OwnedShare[], living: readonly LivingMember[]): Promise<void> {
    const { database, ownerships, log, taken } = this.parts;
    const alive = new Set(living.map(({ id }) => id));
    // Nobody works at the lanes of the dead: they are taken first, and made ready when they run.
    const handedOver = shares.filter(({ ownerId }) => ownerId !== null && alive.has(ownerId));
    await this.makeReady(handedOver.map(({ clusterId }) => clusterId));
    const lanes = await database.transaction((tx) => ownerships.take(tx, this.self.id, wantedOf(shares)));
    if (lanes.length === 0) return;
    const free = lanes.filter(({ from }) => from === null).length;
    lanesTaken.inc({ from: 'nobody' }, free);
    lanesTaken.inc({ from: 'another' }, lanes.length - free);
    log.info('took lanes', { lanes: lanes.length, of_others: lanes.length - free });
    taken(lanes);
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
function* inParts(shares: readonly OwnedShare[]): Generator<OwnedShare[]> {
  const clusters = [...Map.groupBy(shares, ({ clusterId }) => clusterId).values()];
  for (const alike of Map.groupBy(clusters, domainsOf).values()) {
    let part: OwnedShare[] = [];
    for (const cluster of alike) {
      if (part.length > 0 && sizeOf(part) + sizeOf(cluster) > AT_ONCE) {
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

function wantedOf(shares: readonly OwnedShare[]): WantedLanes {
  return {
    clusterIds: [...new Set(shares.map(({ clusterId }) => clusterId))],
    domains: [...new Set(shares.map(({ domain }) => domain))],
  };
}

const lanesOf = (shares: readonly OwnedShare[], id: string): number =>
  shares.reduce((sum, share) => sum + (share.ownerId === id ? share.lanes : 0), 0);
