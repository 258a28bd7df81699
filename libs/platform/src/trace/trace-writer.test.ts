import { describe, expect, it } from '@jest/globals';
import type { Database } from '../database/database.service.js';
import { silentLog } from '../logging/logger.js';
import { metrics } from '../metrics/metrics.js';
import { TraceRepository } from './trace.repository.js';
import { TraceWriter } from './trace-writer.js';
import type { HttpRequestRecord } from './trace.types.js';

class Traces extends TraceRepository {
  away = false;
  readonly written: HttpRequestRecord[] = [];

  override async insertRequests(_tx: unknown, requests: readonly HttpRequestRecord[]): Promise<void> {
    if (this.away) throw new Error('away');
    this.written.push(...requests);
  }
}

const database: Pick<Database, 'read'> = { read: Object.create(null) };
const record = (n: number): HttpRequestRecord => ({
  traceId: 'a'.repeat(32),
  method: 'GET',
  path: `/${n}`,
  status: 200,
  durationMs: 1,
  projectId: null,
  at: new Date(),
});

async function dropped(): Promise<number> {
  const metric = await metrics.getSingleMetric('ultron_trace_records_dropped_total')?.get();
  return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
}

describe('the trace writer', () => {
  it('keeps the records while the database is away, and their order', async () => {
    const traces = new Traces();
    const writer = new TraceWriter(database, traces, silentLog());
    traces.away = true;
    for (let n = 0; n < 1_200; n++) writer.request(record(n));
    await writer.flush();
    expect(traces.written).toEqual([]);
    traces.away = false;
    await writer.flush();
    expect(traces.written.map(({ path }) => path)).toEqual(Array.from({ length: 1_200 }, (_, n) => `/${n}`));
  });

  it('keeps no more than it may, and counts what it drops', async () => {
    const before = await dropped();
    const traces = new Traces();
    const writer = new TraceWriter(database, traces, silentLog());
    traces.away = true;
    for (let n = 0; n < 20_010; n++) writer.request(record(n));
    expect((await dropped()) - before).toBe(10);
    traces.away = false;
    await writer.flush();
    expect(traces.written).toHaveLength(20_000);
  });
});
