import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { testDatabase, testRedis } from '@ultron/dev/test-datastores';
import { newTraceparent, formatTraceparent } from '@ultron/platform/context/traceparent';
import type { Database } from '@ultron/platform/database/database.service';
import { migrate } from '@ultron/platform/database/migrate';
import { openDatabase } from '@ultron/platform/database/open-database';
import { silentLog } from '@ultron/platform/logging/logger';
import { platformEntities } from '@ultron/platform/platform.entities';
import { platformMigrations } from '@ultron/platform/platform.migrations';
import { TraceRepository } from '@ultron/platform/trace/trace.repository';
import { ConductorRepository } from '../conductor/conductor.repository.js';
import { TaskQueue } from '../queue/task-queue.js';
import type { Saga } from '../saga/saga.js';
import { TaskChanges } from '../task/task-changes.js';
import { TaskViewRepository } from '../task/task-view.repository.js';
import { TaskRepository } from '../task/task.repository.js';
import { TaskService } from '../task/task.service.js';
import { isFinal } from '../task/task.state.js';
import type { NewTask, TaskView } from '../task/task.types.js';
import { tasksEntities } from '../tasks.entities.js';
import { tasksMigrations } from '../tasks.migrations.js';
import type { EngineTimes } from './engine-times.js';
import { TaskEngine, type TaskEngineOptions } from './task-engine.js';
import { TaskWaits } from './task-waits.js';
import { WaitRepository } from './wait.repository.js';

export const FAST: Partial<EngineTimes> = {
  lease: 1_000,
  renew: 250,
  sweep: 100,
  grace: 200,
  backoff: 20,
  maxBackoff: 200,
  stepDeadline: 1_500,
  handBack: 400,
};

/** A database, a Redis and the services on them, for the tests of the engine. */
export interface EngineWorld {
  database: Database;
  redisUrl: string;
  redisPrefix: string;
  service: TaskService;
  waits: TaskWaits;
  /** Made, but not started. */
  engine<Deps>(sagas: Saga<Deps>[], deps: Deps, options?: Partial<TaskEngineOptions<Deps>>): TaskEngine<Deps>;
  create(kind: string, more?: Partial<NewTask>): Promise<string>;
  ended(id: string, ms?: number): Promise<TaskView>;
  close(): Promise<void>;
}

/** Either datastore can be reached by another way than the straight one. */
export interface Detours {
  redisUrl?: string;
  database?: (url: string) => Promise<string>;
}

export async function openEngineWorld(detours: Detours = {}): Promise<EngineWorld> {
  const [data, redis] = await Promise.all([testDatabase(), testRedis()]);
  const schema = {
    url: data.url,
    entities: [...platformEntities, ...tasksEntities],
    migrations: [...platformMigrations, ...tasksMigrations],
  };
  await migrate(schema);
  const databaseUrl = (await detours.database?.(data.url)) ?? data.url;
  const database = await openDatabase({ ...schema, url: databaseUrl });
  const log = silentLog();
  const url = detours.redisUrl ?? redis.url;
  const queue = new TaskQueue({ redisUrl: url, redisPrefix: redis.prefix, log });
  const views = new TaskViewRepository(new TraceRepository());
  const changes = new TaskChanges(database, views);
  const conductors = new ConductorRepository();
  const service = new TaskService(database, new TaskRepository(), views, conductors, queue, changes);
  const engines: { stop(): Promise<void> }[] = [];

  return {
    database,
    redisUrl: url,
    redisPrefix: redis.prefix,
    service,
    waits: new TaskWaits(database, new WaitRepository(), queue),
    engine: <Deps>(sagas: Saga<Deps>[], deps: Deps, options: Partial<TaskEngineOptions<Deps>> = {}) => {
      const engine = new TaskEngine<Deps>({
        database,
        redisUrl: url,
        redisPrefix: redis.prefix,
        log,
        conductorGroup: 'default',
        domains: ['test'],
        sagas,
        deps,
        classify,
        times: FAST,
        ...options,
      });
      engines.push(engine);
      return engine;
    },
    create: async (kind, more = {}) => {
      const task = newTask(kind, more);
      await database.transaction((tx) => service.createMany(tx, [task]));
      service.ring([task]);
      return task.id;
    },
    ended: (id, ms = 60_000) =>
      waitFor(
        () => service.get(id),
        (task) => isFinal(task.status) || task.status === 'stuck',
        ms,
      ),
    close: async () => {
      await Promise.all(engines.map((engine) => engine.stop()));
      changes.onModuleDestroy();
      await queue.close();
      await database.close();
      await data.drop();
      await redis.close();
    },
  };
}

export function newTask(kind: string, more: Partial<NewTask> = {}): NewTask {
  const trace = newTraceparent();
  return {
    id: newId(),
    kind,
    domain: 'test',
    conductorGroup: 'default',
    projectId: null,
    input: {},
    traceId: trace.traceId,
    traceparent: formatTraceparent(trace),
    ...more,
  };
}

export async function waitFor<T>(
  look: () => Promise<T>,
  good: (value: T) => boolean,
  ms = 25_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await look();
    if (good(value)) return value;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(value)} after ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function classify(error: unknown): Fault {
  return new Fault({ code: 'bug', category: 'bug', detail: String(error), cause: error });
}

export function outage(): Fault {
  return new Fault({ code: 'cluster_away', category: 'unavailable', detail: 'The cluster does not answer.' });
}

export function noCapacity(): Fault {
  return new Fault({ code: 'no_valid_host', category: 'capacity', detail: 'No valid host was found.' });
}

/** What most sagas of the tests get: they say what they did. */
export interface JournalDeps {
  journal: string[];
}

/** Does the work while an engine runs the sagas; their domain, one of their own, keeps the tests apart. */
export async function withEngine<T>(
  world: EngineWorld,
  sagas: Saga<JournalDeps>[],
  work: (deps: JournalDeps) => Promise<T>,
): Promise<T> {
  const deps: JournalDeps = { journal: [] };
  const engine = world.engine(sagas, deps, { domains: [sagas[0]?.domain ?? 'test'] });
  await engine.start();
  try {
    return await work(deps);
  } finally {
    await engine.stop();
  }
}

let count = 0;
export const nextDomain = () => `d${count++}`;
