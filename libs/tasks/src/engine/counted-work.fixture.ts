import type { Database } from '@ultron/platform/database/database.service';
import { change, select } from '@ultron/platform/database/statement';
import { done, NOTHING, saga, type Saga } from '../saga/saga.js';
import type { NewTask } from '../task/task.types.js';
import { newTask, type EngineWorld } from './engine.fixture.js';

/** Work of which it shows whether each step was done, and that none was done twice. */
export class CountedWork {
  private constructor(
    readonly saga: Saga<object>,
    private readonly database: Database,
  ) {}

  /** Each of the three steps takes `stepMs` and writes a row under a key that allows it once. */
  static async in({ database }: EngineWorld, stepMs: number): Promise<CountedWork> {
    await database.read.query(
      'CREATE TABLE effect (task_id CHAR(36), step INT, PRIMARY KEY (task_id, step))',
    );
    const step = (number: number) => ({
      do: async ({ taskId }: { taskId: string }) => {
        await new Promise((resolve) => setTimeout(resolve, stepMs));
        return done(number, async (tx) => {
          await change(tx, 'INSERT INTO effect (task_id, step) VALUES (?, ?)', [taskId, number]);
        });
      },
      undo: NOTHING,
    });
    const counting = saga<object, object>('counting', 'test')
      .step('first', step(1))
      .step('second', step(2))
      .step('third', step(3))
      .ends();
    return new CountedWork(counting, database);
  }

  async begin({ service }: EngineWorld, count: number): Promise<NewTask[]> {
    const tasks = Array.from({ length: count }, () => newTask('counting'));
    await this.database.transaction((tx) => service.createMany(tx, tasks));
    service.ring(tasks);
    return tasks;
  }

  /** How many steps were done. */
  async steps(): Promise<number> {
    return (await select(this.database.read, 'SELECT task_id FROM effect')).length;
  }

  /** How many tasks have succeeded; none while the database is away. */
  async succeeded(): Promise<number> {
    const rows = await select(this.database.read, "SELECT id FROM task WHERE status = 'succeeded'").catch(
      () => [],
    );
    return rows.length;
  }
}
