import type { Fault } from '@ultron/kernel/fault';
import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import type { ClusterCaps, SyncKind } from '../kind/sync-kind.js';
import type { Room } from '../lane/admission.rules.js';
import type { ObservedStore } from '../observed/observed-store.js';
import type { PassMode } from '../pass/pass.types.js';

/** A cluster of the group, as far as its lanes depend on it. */
export interface SyncCluster {
  id: string;
  /** For people and metrics. */
  name: string;
  caps: ClusterCaps;
  /** The tier of its lanes. */
  tier: string;
  /** It is not to be read: an operator says it is down, or it was never probed with success. */
  resting: boolean;
}

/** What a pass hands to the calls that it makes. */
export interface PassCall {
  signal: AbortSignal;
  /** Somebody waits for a single object: the calls are not offline work. */
  waitedFor?: boolean;
}

export interface SyncEngineOptions<Context> {
  database: Database;
  log: Log;
  /** Of this process; another after each start. */
  conductorId: string;
  name: string;
  conductorGroup: string;
  domains: readonly string[];
  /** Every kind of all domains; the lanes of domains that this process does not serve are left to others. */
  kinds: readonly SyncKind<Context>[];
  store: ObservedStore;
  /** The clusters of the group. */
  clusters: () => Promise<readonly SyncCluster[]>;
  /** What the calls to a cluster go through; it is made anew for every pass. */
  open: (clusterId: string, call: PassCall) => Promise<Context>;
  /** Makes ready what a pass in the cluster needs (a session, what it can do), so that lanes taken over go on at once. */
  prepare?: (clusterId: string, signal: AbortSignal) => Promise<void>;
  /** Turns what was thrown into a fault; category `unavailable` is an outage of the cluster. */
  classify: (error: unknown) => Fault;
  room?: Partial<Room>;
  times?: Partial<SyncTimes>;
}

/** The engine's times, in milliseconds. */
export interface SyncTimes {
  /** How often it looks for lanes that are due and for wishes. */
  look: number;
  /** How often it compares who owns what with who should. */
  balance: number;
  /** How often it compares the lanes with the clusters and kinds that there are. */
  census: number;
  /** How long a new owner makes itself ready before it takes a lane all the same. */
  prepare: number;
  /** How long a pass may take. */
  deadline: Record<PassMode, number>;
  /** How long a conductor that ends, or is drained, may go on with a pass before others take its lane. */
  stopGrace: number;
  /** The first passes of new lanes begin within this time. */
  spread: number;
}

export const SYNC_TIMES: SyncTimes = {
  look: 250,
  balance: 1_000,
  census: 5_000,
  prepare: 2_000,
  deadline: { full: 10 * 60_000, changes: 2 * 60_000, ids: 2 * 60_000, confirm: 60_000 },
  stopGrace: 500,
  spread: 1_000,
};

/**
 * Every pass holds two pages in memory: the number of passes bounds what a conductor needs. Those that only wait hold
 * none, and are more for a while when many clusters stop answering at once.
 */
export const ROOM: Room = { total: 24, perCluster: 4, inTrouble: 8, patienceMs: 5_000 };
