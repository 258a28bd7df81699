import { systemClock } from '@ultron/kernel/clock';
import { Fault } from '@ultron/kernel/fault';
import { newContext, runInContext } from '@ultron/platform/context/request-context';
import type { LockService } from '@ultron/platform/lock/lock.service';
import type { Log } from '@ultron/platform/logging/logger';

/** Something that is done again and again. It takes no hint of what there is to do; done twice at once it does no harm. */
export interface PlanJob {
  name: string;
  everyMs: number;
  run(signal: AbortSignal): Promise<void>;
}

export interface PlanKeeperDeps {
  locks: LockService;
  log: Log;
}

const TICK_MS = 500;
const LOCK_MS = 10_000;
const HAND_BACK_MS = 1_000;

/**
 * Keeps the plan in order: every conductor runs it, a lock sees to it that one at a time does each job, and what must not
 * happen twice is guarded by the rows.
 */
export class PlanKeeper {
  private readonly stopping = new AbortController();
  private readonly dueAt = new Map<string, number>();
  private readonly running = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly deps: PlanKeeperDeps,
    private readonly jobs: readonly PlanJob[],
  ) {}

  start(): void {
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.timer);
    await Promise.race([Promise.all(this.running.values()), systemClock.sleep(HAND_BACK_MS)]);
  }

  /** Each job once, in their order, now; for tests. */
  async once(names: readonly string[] = this.jobs.map(({ name }) => name)): Promise<void> {
    for (const job of this.jobs) if (names.includes(job.name)) await job.run(this.stopping.signal);
  }

  private tick(): void {
    const now = Date.now();
    for (const job of this.jobs) {
      if (this.running.has(job.name) || (this.dueAt.get(job.name) ?? 0) > now) continue;
      this.dueAt.set(job.name, now + jitter(job.everyMs));
      const work = this.begin(job).finally(() => this.running.delete(job.name));
      this.running.set(job.name, work);
    }
  }

  private async begin(job: PlanJob): Promise<void> {
    const { locks, log } = this.deps;
    const context = newContext({ actor: 'plan-upkeep' });
    try {
      await runInContext(context, () =>
        locks.using(`plan.${job.name}`, LOCK_MS, () => job.run(this.stopping.signal)),
      );
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      const level = error instanceof Fault && error.retryable ? 'warn' : 'error';
      log[level]('the upkeep of the address plan failed', { job: job.name, error });
    }
  }
}

/** So that the conductors do not all come at once. */
function jitter(ms: number): number {
  return Math.round(ms * (0.9 + Math.random() * 0.2));
}
