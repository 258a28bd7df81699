import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { select } from '@ultron/platform/database/statement';
import { openSyncWorld, until, type SyncWorld } from './engine.fixture.js';

const PROGRAM = fileURLToPath(new URL('./conductor.fixture.js', import.meta.url));
const CLUSTERS = Array.from({ length: 8 }, () => newId());
const LANES = 40;

interface Line {
  lane: string;
  epoch: number;
  conductor_id: string;
  at: Date;
}

let world: SyncWorld;
let children: ChildProcess[];
beforeEach(async () => {
  world = await openSyncWorld();
  children = [];
  await world.database.read.query(
    `CREATE TABLE journal (id BIGINT AUTO_INCREMENT PRIMARY KEY, lane VARCHAR(80) NOT NULL, epoch INT NOT NULL,
       conductor_id CHAR(36) NOT NULL, at DATETIME(6) NOT NULL)`,
  );
  // Every lane is due again at once: the conductors write all the time.
  await world.database.read.query(`UPDATE sync_tier SET objective_ms = 200, changes_ms = 100, full_ms = 100`);
}, 60_000);
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await world.close();
});

interface Conductor {
  id: string;
  child: ChildProcess;
}

async function conductor(): Promise<Conductor> {
  const id = newId();
  const child = spawn(process.execPath, [PROGRAM, world.url, id, ...CLUSTERS], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return { id, child };
}

const query = async <T>(sql: string, values: readonly unknown[] = []): Promise<T[]> =>
  (await world.database.read.query(sql, [...values])) as T[];
const owned = async (id: string): Promise<number> => {
  const [row] = await query<{ lanes: string }>('SELECT COUNT(*) AS lanes FROM lane WHERE owner_id = ?', [id]);
  return Number(row?.lanes);
};
const writing = (id: string, more: number): (() => Promise<boolean>) => {
  let from: number | undefined;
  return async () => {
    const [row] = await query<{ lines: string }>(
      'SELECT COUNT(*) AS `lines` FROM journal WHERE conductor_id = ?',
      [id],
    );
    from ??= Number(row?.lines);
    return Number(row?.lines) >= from + more;
  };
};
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const now = async (): Promise<Date> =>
  (await query<{ now: Date }>('SELECT UTC_TIMESTAMP(6) AS now'))[0]?.now ?? new Date(0);

/** The lanes that its owner is just writing. */
async function beingWritten(id: string): Promise<number> {
  const free = await world.database.transaction((tx) =>
    select(tx, 'SELECT 1 FROM lane WHERE owner_id = ? FOR UPDATE SKIP LOCKED', [id]),
  );
  return (await owned(id)) - free.length;
}

/** Stops the process in the very transactions that write some of its lanes. */
async function stopAtWriting({ id, child }: Conductor): Promise<void> {
  for (;;) {
    child.kill('SIGSTOP');
    await sleep(100);
    if ((await beingWritten(id)) > 0) return;
    child.kill('SIGCONT');
    await sleep(100);
  }
}

/** No epoch of a lane was written by two, and none after a higher one. */
async function expectOneWriter(): Promise<void> {
  const lines = await query<Line>('SELECT lane, epoch, conductor_id, at FROM journal ORDER BY id');
  expect(lines.length).toBeGreaterThan(100);
  const last = new Map<string, Line>();
  for (const line of lines) {
    const before = last.get(line.lane);
    if (before?.epoch === line.epoch) expect(line.conductor_id).toBe(before.conductor_id);
    expect(line.epoch).toBeGreaterThanOrEqual(before?.epoch ?? 0);
    last.set(line.lane, line);
  }
}

describe('two conductors that write all the time', () => {
  it('keep one writer per lane when one is stopped, outlives its time, and wakes up', async () => {
    const [first, second] = [await conductor(), await conductor()];
    await until(
      async () => (await owned(first.id)) > 0 && (await owned(second.id)) > 0,
      'lanes for both',
      30_000,
    );
    await until(writing(first.id, 50), 'writes', 30_000);
    await stopAtWriting(first);
    const stoppedAt = await now();
    const ms = await until(async () => (await owned(second.id)) === LANES, 'all lanes moved');
    // Usually after two to three seconds, those that it was writing too.
    expect(ms).toBeLessThan(6_000);
    await until(writing(second.id, 200), 'writes', 30_000);
    first.child.kill('SIGCONT');
    const wokenAt = await now();
    await sleep(4_000);
    await until(writing(first.id, 20), 'writes of the woken');
    await expectOneWriter();
    const late = await query<Line & { taken_at: Date }>(
      'SELECT lane, epoch, conductor_id, at FROM journal WHERE conductor_id = ? AND at > ? AND at < ?',
      [first.id, new Date(stoppedAt.getTime() + 2_000), wokenAt],
    );
    expect(late).toEqual([]);
  }, 240_000);

  it('lose and double nothing when they are killed, stopped and started anew in turn', async () => {
    let last = await conductor();
    await until(async () => (await owned(last.id)) === LANES, 'an owner of all', 30_000);
    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGTERM'] as const) {
      const next = await conductor();
      await until(async () => (await owned(next.id)) > 0, 'lanes for the newcomer', 30_000);
      await until(writing(next.id, 20), 'writes of the newcomer', 30_000);
      last.child.kill(signal);
      await until(async () => (await owned(next.id)) === LANES, 'all lanes moved');
      last = next;
    }
    await until(writing(last.id, 100), 'writes of the last');
    await expectOneWriter();
  }, 240_000);
});
