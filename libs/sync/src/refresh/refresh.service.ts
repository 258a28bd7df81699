import { Inject, Injectable } from '@nestjs/common';
import { systemClock } from '@ultron/kernel/clock';
import { databaseTime } from '@ultron/platform/database/database-time';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { LaneKey } from '../observed/observed-store.js';
import {
  RefreshRequestRepository,
  type RefreshTarget,
  type ServedRefresh,
} from './refresh-request.repository.js';

const FIRST_LOOK_MS = 20;
const LAST_LOOK_MS = 250;

export interface RefreshResult {
  served: ServedRefresh[];
  /** What was not read in time: the conductor is busy, or nobody serves the cluster. */
  unserved: RefreshTarget[];
}

/**
 * Has things read from their cluster now, by the conductor that owns their lane. Whoever asks (the API, a task, an
 * event of a cluster) only writes a row; the rows of the lane say what came of it.
 */
@Injectable()
export class RefreshService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(RefreshRequestRepository) private readonly requests: RefreshRequestRepository,
  ) {}

  /** Asks for it and does not wait: "sooner, please". */
  async sooner(tx: Transaction, targets: readonly RefreshTarget[]): Promise<void> {
    await this.requests.want(tx, targets);
  }

  /** One object, and all that hangs on it, as it is now; waits up to `waitMs`. */
  async object(lane: LaneKey, id: string, waitMs: number, signal?: AbortSignal): Promise<RefreshResult> {
    return this.wait([{ ...lane, objectId: id }], waitMs, signal);
  }

  /** The changes of those lanes that are older than `maxAgeMs`; waits up to `waitMs` for all of them. */
  async lanes(
    lanes: readonly LaneKey[],
    maxAgeMs: number,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<RefreshResult> {
    const stale = await this.requests.stale(this.database.read, lanes, maxAgeMs);
    return this.wait(
      stale.map((lane) => ({ ...lane, objectId: '' })),
      waitMs,
      signal,
    );
  }

  private async wait(
    targets: readonly RefreshTarget[],
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<RefreshResult> {
    if (targets.length === 0) return { served: [], unserved: [] };
    const until = Date.now() + waitMs;
    const { read } = this.database;
    // Others may want the same all the time: what counts for this one is that it is read after now.
    const since = await databaseTime(read);
    await this.requests.want(read, targets, true);
    let served: ServedRefresh[] = [];
    for (let pause = FIRST_LOOK_MS; !signal?.aborted; pause = Math.min(pause * 1.5, LAST_LOOK_MS)) {
      await systemClock.sleep(Math.min(pause, Math.max(0, until - Date.now())), signal);
      served = await this.requests.done(read, targets, since);
      if (served.length === targets.length || Date.now() >= until) break;
    }
    const done = new Set(served.map(keyOf));
    return { served, unserved: targets.filter((target) => !done.has(keyOf(target))) };
  }
}

const keyOf = ({ clusterId, kind, objectId }: RefreshTarget): string => `${clusterId}/${kind}/${objectId}`;
