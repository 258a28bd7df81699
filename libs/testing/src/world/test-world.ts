import { testDatabase, testRedis } from '@ultron/dev/test-datastores';
import { Database } from '@ultron/platform/database/database.service';
import { migrate } from '@ultron/platform/database/migrate';
import { openDatabase, type EntityClass, type MigrationClass } from '@ultron/platform/database/open-database';
import { silentLog, type Log } from '@ultron/platform/logging/logger';
import { TraceRepository } from '@ultron/platform/trace/trace.repository';
import { ConductorRepository } from '@ultron/tasks/conductor/conductor.repository';
import { TaskEngine, type TaskEngineOptions } from '@ultron/tasks/engine/task-engine';
import { TaskWaits } from '@ultron/tasks/engine/task-waits';
import { WaitRepository } from '@ultron/tasks/engine/wait.repository';
import { TaskQueue } from '@ultron/tasks/queue/task-queue';
import { TaskChanges } from '@ultron/tasks/task/task-changes';
import { TaskViewRepository } from '@ultron/tasks/task/task-view.repository';
import { TaskRepository } from '@ultron/tasks/task/task.repository';
import { TaskService } from '@ultron/tasks/task/task.service';
import { isFinal } from '@ultron/tasks/task/task.state';
import type { TaskView } from '@ultron/tasks/task/task.types';
import { eventually } from './eventually.js';

export interface TestWorldOptions {
  /** All of the project, from `@ultron/schema`, or those of one package and of what it needs. */
  entities: readonly EntityClass[];
  migrations: readonly MigrationClass[];
}

/** What an engine of a test must say; the rest comes from the world. */
export type TestEngineOptions<Deps> = Pick<
  TaskEngineOptions<Deps>,
  'sagas' | 'deps' | 'classify' | 'domains'
> &
  Partial<TaskEngineOptions<Deps>>;

/** A fresh, migrated database, a Redis with a prefix of its own, and the services of tasks on them. */
export interface TestWorld {
  database: Database;
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
  log: Log;
  tasks: TaskService;
  waits: TaskWaits;
  queue: TaskQueue;
  /** Starts an engine with quick times; it is stopped with the world at the latest. */
  startEngine<Deps>(options: TestEngineOptions<Deps>): Promise<TaskEngine<Deps>>;
  /** The task once it has ended or is stuck. */
  ended(taskId: string, ms?: number): Promise<TaskView>;
  /** Does something when the world closes, before the datastores go. */
  onClose(work: () => Promise<void>): void;
  close(): Promise<void>;
}

const QUICK = {
  lease: 2_000,
  renew: 500,
  sweep: 100,
  grace: 300,
  backoff: 30,
  maxBackoff: 300,
  handBack: 500,
};

export async function openTestWorld(options: TestWorldOptions): Promise<TestWorld> {
  const [data, redis] = await Promise.all([testDatabase(), testRedis()]);
  const schema = { url: data.url, entities: options.entities, migrations: options.migrations };
  await migrate(schema);
  const database = await openDatabase(schema);
  const log = silentLog();
  const redisAt = { redisUrl: redis.url, redisPrefix: redis.prefix };
  const queue = new TaskQueue({ ...redisAt, log });
  const views = new TaskViewRepository(new TraceRepository());
  const changes = new TaskChanges(database, views);
  const tasks = new TaskService(
    database,
    new TaskRepository(),
    views,
    new ConductorRepository(),
    queue,
    changes,
  );
  const closing: (() => Promise<void>)[] = [];

  return {
    database,
    databaseUrl: data.url,
    ...redisAt,
    log,
    tasks,
    waits: new TaskWaits(database, new WaitRepository(), queue),
    queue,
    startEngine: async <Deps>(given: TestEngineOptions<Deps>) => {
      const engine = new TaskEngine<Deps>({
        database,
        ...redisAt,
        log,
        conductorGroup: 'default',
        times: QUICK,
        ...given,
      });
      closing.push(() => engine.stop());
      await engine.start();
      return engine;
    },
    ended: (taskId, ms) =>
      eventually(
        () => tasks.get(taskId),
        (task) => isFinal(task.status) || task.status === 'stuck',
        ms,
      ),
    onClose: (work) => void closing.push(work),
    close: async () => {
      for (const work of closing.reverse()) await work();
      changes.onModuleDestroy();
      await queue.close();
      await database.close();
      await Promise.all([data.drop(), redis.close()]);
    },
  };
}
