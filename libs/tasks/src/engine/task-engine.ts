import type { Fault } from '@ultron/kernel/fault';
import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import type { Saga } from '../saga/saga.js';
import type { EngineTimes } from './engine-times.js';

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

/** Runs the tasks of one conductor group and some domains. */
export class TaskEngine<Deps> {
  constructor(readonly options: TaskEngineOptions<Deps>) {}

  /** Registers the conductor and begins to take tasks. */
  async start(): Promise<void> {
    throw new Error('coming');
  }

  /** Takes no more, hands back what is unfinished within about two seconds, and returns. */
  async stop(): Promise<void> {
    throw new Error('coming');
  }
}
