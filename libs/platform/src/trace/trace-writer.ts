import { Counter } from 'prom-client';
import type { Database } from '../database/database.service.js';
import type { Transaction } from '../database/transaction.js';
import type { Log } from '../logging/logger.js';
import { metrics } from '../metrics/metrics.js';
import type { TraceRepository } from './trace.repository.js';
import type { HttpRequestRecord, OpenStackCallRecord } from './trace.types.js';

const dropped = new Counter({
  name: 'ultron_trace_records_dropped_total',
  help: 'Requests and calls that were not kept for traces, since the database did not take them in time.',
  labelNames: ['table'],
  registers: [metrics],
});

const FLUSH_MS = 250;
const RETRY_MS = 2_000;
const MOST_WAITING = 20_000;
const BATCH = 500;

/**
 * Keeps records in memory for a moment and writes them in bulk, off the path of those who made them. While the database
 * is away they wait; when too many wait, the newest are dropped, and counted: they are there to be looked at, no more.
 */
class Buffer<Item> {
  private items: Item[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private away = false;

  constructor(
    private readonly table: string,
    private readonly insert: (items: readonly Item[]) => Promise<void>,
    private readonly log: Log,
  ) {}

  add(item: Item): void {
    if (this.items.length >= MOST_WAITING) {
      dropped.inc({ table: this.table });
      return;
    }
    this.items.push(item);
    this.schedule(FLUSH_MS);
  }

  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.writeAll());
    return this.writing;
  }

  private schedule(ms: number): void {
    this.timer ??= setTimeout(() => void this.flush(), ms).unref();
  }

  private async writeAll(): Promise<void> {
    while (this.items.length > 0) {
      const batch = this.items.slice(0, BATCH);
      try {
        await this.insert(batch);
        this.items.splice(0, batch.length);
        this.away = false;
      } catch (error) {
        if (!this.away) this.log.warn('trace records wait', { table: this.table, reason: String(error) });
        this.away = true;
        this.schedule(RETRY_MS);
        return;
      }
    }
  }
}

/** Takes what is to be remembered of requests and calls. Never throws and never waits. */
export class TraceWriter {
  private readonly requests: Buffer<HttpRequestRecord>;
  private readonly calls: Buffer<OpenStackCallRecord>;

  constructor(database: Pick<Database, 'read'>, traces: TraceRepository, log: Log) {
    const read = (): Transaction => database.read;
    this.requests = new Buffer('http_request', (items) => traces.insertRequests(read(), items), log);
    this.calls = new Buffer('openstack_call', (items) => traces.insertCalls(read(), items), log);
  }

  request(record: HttpRequestRecord): void {
    this.requests.add(record);
  }

  call(record: OpenStackCallRecord): void {
    this.calls.add(record);
  }

  /** Writes what is in memory; called on shutdown and by tests. */
  async flush(): Promise<void> {
    await Promise.all([this.requests.flush(), this.calls.flush()]);
  }
}
