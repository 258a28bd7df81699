import type { Fault } from '@ultron/kernel/fault';
import { systemClock } from '@ultron/kernel/clock';
import { newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import { silentLog } from '@ultron/platform/logging/logger';
import type { Claimed } from '@ultron/tasks/engine/claim.repository';
import { ENGINE_TIMES } from '@ultron/tasks/engine/engine-times';
import { SagaRegistry } from '@ultron/tasks/engine/saga-registry';
import { TaskRunner } from '@ultron/tasks/engine/task-runner';
import type { Saga } from '@ultron/tasks/saga/saga';
import type { TaskEntity } from '@ultron/tasks/task/task.entity';
import { isFinal, type TaskStatus } from '@ultron/tasks/task/task.state';
import { MortalDatabase, type Fate } from './mortal-database.js';
import type { HarnessWorld } from './saga-harness.js';

/** A saga that needs more claims than these does not come to an end. */
const MOST_CLAIMS = 300;

export interface Driven<Deps> {
  world: HarnessWorld<Deps, unknown>;
  saga: Saga<Deps>;
  taskId: string;
  classify: (error: unknown) => Fault;
  fate: Fate;
}

/**
 * Takes the task again and again until it has ended or is stuck: no queue, no clock. Pauses are over at once, waits after
 * the world was given the chance to go on, and the lease of a dead process ran out.
 */
export async function driveTask<Deps>(driven: Driven<Deps>): Promise<TaskStatus> {
  const { database } = driven.world;
  for (let claims = 0; claims < MOST_CLAIMS; claims++) {
    const [row] = await select<TaskEntity>(database.read, 'SELECT * FROM task WHERE id = ?', [driven.taskId]);
    if (!row) throw new Error('the row of the task has vanished');
    if (isFinal(row.status) || row.status === 'stuck') return row.status;
    if (row.status === 'waiting') await settle(driven.world, row);
    await change(database.read, 'UPDATE task SET due_at = UTC_TIMESTAMP(6) WHERE id = ?', [row.id]);
    await oneProcess(driven);
  }
  throw new Error(`the task did not end within ${MOST_CLAIMS} claims`);
}

/** A process that claims the task, runs it as far as it goes, and is gone. */
async function oneProcess<Deps>(driven: Driven<Deps>): Promise<void> {
  const { world, saga, classify, fate, taskId } = driven;
  const parts = {
    log: silentLog(),
    sagas: new SagaRegistry([saga]),
    deps: world.deps(),
    classify,
    times: ENGINE_TIMES,
    conductorId: newId(),
    conductorGroup: 'default',
    ring: () => undefined,
  };
  // A claim changes nothing but the task's row, so only what comes after it is worth dying at.
  const runner = new TaskRunner({ ...parts, database: world.database });
  const claimed = await claim(runner, taskId);
  const mortal = new TaskRunner({ ...parts, database: new MortalDatabase(world.database, fate) });
  await mortal.run(claimed, new AbortController().signal);
}

/** A claim passes over a row that is locked, as it may be for a moment after the commit that made it due. */
async function claim<Deps>(runner: TaskRunner<Deps>, taskId: string): Promise<Claimed> {
  for (let look = 0; look < 40; look++) {
    const [claimed] = await runner.claim([taskId]);
    if (claimed) return claimed;
    await systemClock.sleep(25);
  }
  throw new Error('the task was due and could not be claimed');
}

async function settle(world: Pick<HarnessWorld<never, unknown>, 'settle'>, row: TaskEntity): Promise<void> {
  await world.settle?.({
    taskId: row.id,
    on: row.wait_on ?? 'time',
    clusterId: row.wait_cluster_id,
    resource: row.wait_resource,
    key: row.wait_key,
    until: row.wait_until,
    what: row.wait_what ?? '',
  });
}
