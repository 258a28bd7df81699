import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { firstIdAt, newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import { type EngineWorld, newTask, openEngineWorld } from '../engine/engine.fixture.js';
import { purgeEndedTasks } from './task.retention.js';

const DAYS = 90;
const LONG_AGO = new Date(Date.now() - (DAYS + 1) * 86_400_000);

let world: EngineWorld;
beforeAll(async () => {
  world = await openEngineWorld();
});
afterAll(() => world.close());

/** Each is made at its time: the id of a task begins with it. */
const idAt = (time: Date) => firstIdAt(time).slice(0, 13) + newId().slice(13);

async function task(time: Date, status: string, parentId?: string): Promise<string> {
  const id = idAt(time);
  const of = parentId === undefined ? {} : { parentId };
  await world.database.transaction((tx) => world.service.createMany(tx, [{ ...newTask('old'), id, ...of }]));
  await change(world.database.read, 'UPDATE task SET status = ?, finished_at = ? WHERE id = ?', [
    status,
    status === 'stuck' ? null : time,
    id,
  ]);
  await change(
    world.database.read,
    `INSERT INTO task_step (task_id, run, position, name, status) VALUES (?, 0, 0, 'make', 'done')`,
    [id],
  );
  return id;
}

describe('ended tasks', () => {
  it('are deleted with their children and steps when they are old; others are not', async () => {
    const parent = await task(LONG_AGO, 'failed');
    await task(LONG_AGO, 'succeeded', parent);
    await task(LONG_AGO, 'cancelled');
    const stuck = await task(LONG_AGO, 'stuck');
    const openParent = await task(LONG_AGO, 'stuck');
    const childOfOpen = await task(LONG_AGO, 'succeeded', openParent);
    const young = await task(new Date(), 'succeeded');

    expect(await purgeEndedTasks(world.database.read, DAYS, 2_000)).toBe(3);
    const kept = [stuck, openParent, childOfOpen, young].toSorted();
    for (const [table, column] of [
      ['task', 'id'],
      ['task_step', 'task_id'],
    ]) {
      const rows = await select<{ id: string }>(
        world.database.read,
        `SELECT ${column} AS id FROM ${table} ORDER BY ${column}`,
        [],
      );
      expect(rows.map(({ id }) => id)).toEqual(kept);
    }
    expect(await purgeEndedTasks(world.database.read, DAYS, 2_000)).toBe(0);
  });
});
