import { systemClock } from '@ultron/kernel/clock';
import { newContext, runInContext } from '@ultron/platform/context/request-context';
import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import type { ReconcileRounds } from '@ultron/reconcile/round/reconcile-rounds';
import type { RoundRepository } from '@ultron/reconcile/round/round.repository';

export interface ReconcilerParts {
  database: Database;
  rounds: Pick<ReconcileRounds, 'run'>;
  roundRows: RoundRepository;
  log: Log;
  conductorGroup: string;
  times?: Partial<ReconcilerTimes>;
}

/** In milliseconds. */
export interface ReconcilerTimes {
  /** Between two looks at what is due. */
  look: number;
  /** Between two rounds of a cluster. */
  round: number;
  /** What is younger is left alone. */
  grace: number;
  /** What a round's place rests at most. */
  mostRest: number;
}

const TIMES: ReconcilerTimes = { look: 2_000, round: 30_000, grace: 60_000, mostRest: 300_000 };

/** Clusters that one process compares at once: comparing is the database's work. */
const AT_ONCE = 2;
/** So many times as long as a round took no other takes its place: comparing never pushes aside what syncs and serves. */
const REST = 9;
const HAND_BACK_MS = 1_000;

/**
 * Compares the clusters of a group, each every half minute, or less often where there is so much that it would not be a
 * small part of what a conductor does. Every conductor of the group runs it: a row says which cluster is due, and who
 * moves its time on compares it.
 */
export class Reconciler {
  private readonly times: ReconcilerTimes;
  private readonly running = new Map<string, Promise<void>>();
  private resting = 0;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly parts: ReconcilerParts) {
    this.times = { ...TIMES, ...parts.times };
  }

  start(): void {
    this.later();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    const ended = this.looking.then(() => this.settled());
    await Promise.race([ended, systemClock.sleep(HAND_BACK_MS)]);
  }

  /** Begins the rounds that are due, as far as there are free hands. */
  async look(): Promise<void> {
    const { database, roundRows, conductorGroup } = this.parts;
    await roundRows.ensure(database.read);
    const due = await roundRows.due(database.read, conductorGroup, AT_ONCE);
    for (const clusterId of due) {
      if (this.running.size + this.resting >= AT_ONCE) return;
      if (this.running.has(clusterId)) continue;
      if (!(await roundRows.claim(database.read, clusterId, jitter(this.times.round)))) continue;
      const began = performance.now();
      const round = this.round(clusterId).finally(() => {
        this.running.delete(clusterId);
        this.rest(performance.now() - began);
      });
      this.running.set(clusterId, round);
    }
  }

  /** Until all that was begun has ended; for tests. */
  async settled(): Promise<void> {
    await Promise.all(this.running.values());
  }

  private rest(workedMs: number): void {
    const ms = Math.min(workedMs * REST, this.times.mostRest);
    this.resting += 1;
    setTimeout(() => (this.resting -= 1), ms).unref();
  }

  private later(): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.looking = this.look()
        .catch((error: unknown) =>
          this.parts.log.warn('it is not known what is to be compared', { reason: String(error) }),
        )
        .finally(() => this.later());
    }, jitter(this.times.look));
  }

  private async round(clusterId: string): Promise<void> {
    const { database, rounds, roundRows, log } = this.parts;
    const context = newContext({ actor: 'reconciler' });
    try {
      const times = { graceMs: this.times.grace };
      await runInContext(context, () => rounds.run(clusterId, times, context, this.stopping.signal));
    } catch (error) {
      log.warn('a cluster could not be compared', { cluster_id: clusterId, reason: String(error) });
      await roundRows.fail(database.read, clusterId, String(error)).catch(() => undefined);
    }
  }
}

/** Within a tenth more or less, so that clusters and conductors do not fall into step. */
const jitter = (ms: number): number => ms * (0.9 + Math.random() * 0.2);
