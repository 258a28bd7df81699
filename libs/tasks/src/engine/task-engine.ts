import { hostname } from 'node:os';
import { systemClock } from '@ultron/kernel/clock';
import type { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { BatchWriter } from '@ultron/platform/database/batch-writer';
import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import { ConductorRepository } from '../conductor/conductor.repository.js';
import { TaskListener } from '../queue/task-listener.js';
import { TaskQueue } from '../queue/task-queue.js';
import type { Saga } from '../saga/saga.js';
import { ClaimRepository, type Claimed, type Held } from './claim.repository.js';
import { ENGINE_TIMES, type EngineTimes } from './engine-times.js';
import { HeldTasks } from './held-tasks.js';
import { Pulse } from './pulse.js';
import { SagaRegistry } from './saga-registry.js';
import { Slots } from './slots.js';
import { leasesLost, tasksHeld, tasksSwept } from './task.metrics.js';
import { TaskRunner } from './task-runner.js';

export interface TaskEngineOptions<Deps> {
  database: Database;
  /** `redis://…`; the engine works without Redis too, from the database alone. */
  redisUrl: string;
  /** Goes before the names of the queues, so that several installations can share one Redis. */
  redisPrefix?: string | undefined;
  log: Log;
  conductorGroup: string;
  domains: readonly string[];
  /** For people; the host name when it is not given. */
  name?: string | undefined;
  /** Every saga of this process, of all domains. */
  sagas: readonly Saga<Deps>[];
  /** What the steps get as `context.deps`. */
  deps: Deps;
  /** Turns what a step threw into a fault; unknown things are category `bug`. */
  classify: (error: unknown) => Fault;
  /** Tasks in the hands of this process at once; 256 when it is not given. */
  concurrency?: number | undefined;
  times?: Partial<EngineTimes> | undefined;
}

const DEFAULT_CONCURRENCY = 256;
const MOST_CLAIMS = 100;
/** Rings of one queue that are answered at once: enough for claims to go out in batches. */
const RINGS_AT_ONCE = 64;
/** While Redis is away the sweeper is the only way to hear of a task. */
const DEAF_SWEEP_MS = 100;
/** Most looks of one renewal at tasks that are just being written, and the pause between two. */
const RENEWAL_LOOKS = 5;
const LOCKED_PAUSE_MS = 40;

/** Runs the tasks of one conductor group and some domains. */
export class TaskEngine<Deps> {
  /** Of this process, as the table of conductors knows it. */
  readonly conductorId = newId();
  private readonly times: EngineTimes;
  private readonly queue: TaskQueue;
  private readonly runner: TaskRunner<Deps>;
  private readonly slots: Slots;
  private readonly held = new HeldTasks();
  private readonly claims = new ClaimRepository();
  private readonly conductors = new ConductorRepository();
  private readonly claimer: BatchWriter<string, Claimed | undefined>;
  private readonly renewing: Pulse;
  private readonly sweeping: Pulse;
  private listener: TaskListener | undefined;
  private stopped = false;
  /** An operator wants this conductor to take nothing more; what it has goes on until it waits or ends. */
  private draining = false;

  constructor(private readonly options: TaskEngineOptions<Deps>) {
    this.times = { ...ENGINE_TIMES, ...options.times };
    this.queue = new TaskQueue(options);
    this.slots = new Slots(options.concurrency ?? DEFAULT_CONCURRENCY);
    this.runner = new TaskRunner({
      ...options,
      sagas: new SagaRegistry(options.sagas),
      times: this.times,
      conductorId: this.conductorId,
      ring: (tasks) => void this.queue.ring(tasks),
    });
    this.claimer = new BatchWriter({ maxItems: MOST_CLAIMS, flush: (ids) => this.claim(ids) });
    this.renewing = new Pulse(
      () => this.times.renew,
      () => this.guarded('renewing leases', () => this.renew()),
    );
    this.sweeping = new Pulse(
      () => (this.queue.works ? this.times.sweep : Math.min(DEAF_SWEEP_MS, this.times.sweep)),
      () => this.guarded('sweeping', () => this.sweep()),
    );
  }

  /** Registers the conductor and begins to take tasks. */
  async start(): Promise<void> {
    const { database, log, name, conductorGroup, domains } = this.options;
    const host = hostname();
    await database.transaction((tx) =>
      this.conductors.register(tx, {
        id: this.conductorId,
        name: name ?? host,
        conductor_group: conductorGroup,
        domains: [...domains],
        host,
        pid: process.pid,
      }),
    );
    this.renewing.start();
    this.sweeping.start();
    const heard = (taskId: string) => this.take(taskId, 2);
    this.listener = new TaskListener({ ...this.options, concurrency: RINGS_AT_ONCE, heard });
    log.info('the task engine has started', {
      conductor_id: this.conductorId,
      group: conductorGroup,
      domains,
    });
  }

  /** Takes no more, hands back what is unfinished within about two seconds, and returns. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    const { database, log } = this.options;
    await this.guarded('saying goodbye', () => this.conductors.stopping(database.read, this.conductorId));
    await Promise.all([this.listener?.close(), this.sweeping.stop()]);
    this.held.abortAll('the conductor is stopping');
    await this.held.settle(this.times.handBack);
    const stubborn = this.held.list();
    if (stubborn.length > 0) {
      log.warn('steps that do not stop are handed back all the same', { count: stubborn.length });
      await this.guarded('handing back', () => this.runner.release(stubborn, true));
    }
    await this.renewing.stop();
    await this.guarded('leaving', () => this.conductors.remove(database.read, this.conductorId));
    await this.queue.close();
    log.info('the task engine has stopped', { conductor_id: this.conductorId });
  }

  /** Tasks in the hands of this process. */
  get size(): number {
    return this.held.size;
  }

  /** Runs a task in the background if it is due and there is, or comes to be, a place for it. Never rejects. */
  private async take(taskId: string, looks = 1): Promise<void> {
    // A listener that pauses hears one more ring; the sweepers of the others find the task.
    if (this.draining) return;
    await this.slots.take();
    let claimed: Claimed | undefined;
    for (let look = 0; look < looks && !claimed && !this.stopped; look++) {
      // Its row may still be locked by the very commit after which it was rung for.
      if (look > 0) await systemClock.sleep(LOCKED_PAUSE_MS);
      claimed = await this.claimer.write(taskId).catch((error: unknown) => {
        this.options.log.warn('a task could not be claimed; a sweeper will find it', {
          reason: String(error),
        });
        return undefined;
      });
    }
    if (claimed) this.begin(claimed);
    else this.slots.give();
  }

  private begin(claimed: Claimed): void {
    const { id, epoch } = claimed.task;
    this.held.begin({ id, epoch }, async (signal) => {
      await this.runner.run(claimed, signal);
      this.slots.give();
    });
    tasksHeld.set(this.held.size);
    if (this.stopped) this.held.abort({ id, epoch }, 'the conductor is stopping');
  }

  private async claim(ids: readonly string[]) {
    const unique = [...new Set(ids)].sort();
    const claimed = new Map((await this.runner.claim(unique)).map((each) => [each.task.id, each]));
    return ids.map((id) => {
      const result = claimed.get(id);
      claimed.delete(id); // of two rings for one task only one runs it
      return { ok: true as const, result };
    });
  }

  private async renew(): Promise<void> {
    const { database, log } = this.options;
    await this.obey(await this.conductors.heartbeat(database.read, this.conductorId));
    const before = this.held.list();
    tasksHeld.set(before.length);
    if (before.length === 0) return;
    const missed = await this.renewFree(before);
    const lost = missed.length > 0 ? await this.claims.lost(database.read, missed) : [];
    for (const held of lost) this.held.abort(held, 'the lease was lost');
    if (lost.length > 0) {
      leasesLost.inc(lost.length);
      log.warn('leases were lost', { count: lost.length });
    }
  }

  private async obey({ draining }: { draining: boolean }): Promise<void> {
    if (draining === this.draining) return;
    this.draining = draining;
    this.options.log.info(draining ? 'draining: no more tasks are taken' : 'tasks are taken again');
    if (draining) await this.listener?.pause();
    else await this.listener?.resume();
  }

  /** Tasks that are just being written are asked for again in a moment. Returns those that were not renewed. */
  private async renewFree(held: readonly Held[]): Promise<Held[]> {
    const { database } = this.options;
    let left = [...held];
    for (let look = 0; left.length > 0 && look < RENEWAL_LOOKS; look++) {
      if (look > 0) await systemClock.sleep(LOCKED_PAUSE_MS);
      left = await database.transaction((tx) => this.claims.renew(tx, left, this.times.lease));
    }
    return left;
  }

  /** Takes due tasks that no ring brought: the ring was lost, a pause or a lease ran out, or Redis is away. */
  private async sweep(): Promise<void> {
    const { database, conductorGroup, domains } = this.options;
    const free = this.slots.free;
    if (free === 0 || this.draining) return;
    const grace = this.queue.works ? this.times.grace : 0;
    const ids = await this.claims.overdue(database.read, conductorGroup, domains, grace, free);
    // A task whose lease ran out while it runs here is not run a second time beside itself: the lease is renewed.
    const running = new Set(this.held.list().map((held) => held.id));
    const unheard = ids.filter((id) => !running.has(id));
    tasksSwept.inc(unheard.length);
    await Promise.all(unheard.map((id) => this.take(id)));
  }

  private async guarded(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.options.log.warn(`${what} failed; it is tried again`, { reason: String(error) });
    }
  }
}
