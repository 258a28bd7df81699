import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import { select } from '@ultron/platform/database/statement';
import { CREATIONS, ENDED_COUNTS } from '@ultron/report/report-sums.repository';
import { TestApi } from '../testing/api.fixture.js';

const HOUR_MS = 3_600_000;
const LAST = new Date('2026-03-01T00:00:00Z').getTime();
const HOURS = 500;

let api: TestApi;
let database: Database;

beforeAll(async () => {
  api = await TestApi.start();
  database = api.app.get(Database, { strict: false });
}, 120_000);
afterAll(() => api.close());

describe('the tasks of an hour', () => {
  /** Tasks that ended, a few in each of so many hours. */
  async function endTasks(): Promise<void> {
    const input = { cluster_id: newId() };
    const rows = Array.from({ length: HOURS * 8 }, (_, i) => {
      const ended = new Date(LAST - Math.floor(i / 8) * HOUR_MS + (i % 8) * 60_000);
      const begun = new Date(ended.getTime() - 1000 * (1 + (i % 8)));
      const [kind, status, fault] =
        i % 8 === 0
          ? ['server.create', 'failed', '{"code":"no_valid_host"}']
          : [i % 2 ? 'server.create' : 'server.delete', 'succeeded', null];
      return [
        newId(),
        kind,
        'compute',
        'g',
        status,
        JSON.stringify(input),
        fault,
        '0',
        '0',
        begun,
        ended,
        ended,
      ];
    });
    await database.read.query(
      `INSERT INTO task (id, kind, domain, conductor_group, status, input, fault, trace_id, traceparent, created_at,
         finished_at, updated_at) VALUES ?`,
      [rows],
    );
    await database.read.query('ANALYZE TABLE task');
  }

  it('are found by the time at which they ended', async () => {
    await endTasks();
    const within = [new Date(LAST - 10 * HOUR_MS), new Date(LAST - 9 * HOUR_MS)];
    for (const sql of [ENDED_COUNTS, CREATIONS]) {
      const [plan] = await select<{ EXPLAIN: string }>(database.read, `EXPLAIN FORMAT=JSON ${sql}`, within);
      // As MariaDB and as MySQL call the key that is used.
      expect(plan?.EXPLAIN).toMatch(/"(key|index_name)": "task_finished"/);
    }
    const counts = await select<Record<string, unknown>>(database.read, ENDED_COUNTS, within);
    const seen = counts.map(({ kind, status, code, n }) => `${kind} ${status} ${code} ${n}`).toSorted();
    expect(seen).toEqual([
      'server.create failed no_valid_host 1',
      'server.create succeeded  4',
      'server.delete succeeded  3',
    ]);
    const times = await select<{ ms: string }>(database.read, CREATIONS, within);
    expect(times.map(({ ms }) => Number(ms)).toSorted()).toEqual([2000, 4000, 6000, 8000]);
  });
});
