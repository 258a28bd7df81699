import type { BenchInstance } from '../instance/bench-instance.js';
import { pause } from './pause.js';

const NAMES = { flavor: 'm1.tiny', image: 'cirros', network: 'private' };
const OPEN = new Set(['queued', 'running', 'waiting', 'unwinding']);
const TRIES = 20;
/** One of so many batches stays; the others are deleted again. */
const KEEP_EACH = 3;

export interface Batch {
  taskId: string;
  ids: string[];
}

interface Task {
  id: string;
  status: string;
}

/** Servers that are made and deleted through Ultron, a batch at a time, and which of them should be there now. */
export class Batches {
  readonly kept = new Set<string>();
  readonly deleted = new Set<string>();
  /** Tasks that ended otherwise than well, and what they came to. */
  readonly failures: string[] = [];
  made = 0;
  /** Requests that were refused for a moment and asked again, with the same key. */
  refused = 0;

  constructor(private readonly instance: BenchInstance) {}

  /** Batches one after the other until the time, and then until the last has ended. */
  async run(name: string, size: number, until: number): Promise<void> {
    for (let at = 0; Date.now() < until; at++) {
      const batch = await this.create(`${name}-${at}`, size);
      await this.built(batch);
      if (at % KEEP_EACH !== 0) await this.remove(batch.ids);
    }
  }

  /** Asks for servers; they are being made. */
  async create(name: string, count: number, clusters?: readonly string[]): Promise<Batch> {
    const placement = clusters === undefined ? {} : { placement: { clusters } };
    const body = { name, count, ...NAMES, ...placement };
    const { servers, task } = await this.ask<{ servers: { id: string }[]; task: Task }>(
      'POST',
      '/v1/servers',
      body,
    );
    const ids = servers.map(({ id }) => id);
    for (const id of ids) this.kept.add(id);
    this.made += ids.length;
    return { taskId: task.id, ids };
  }

  /** Until the batch is there. */
  async built({ taskId }: Batch): Promise<void> {
    await this.ended(taskId);
  }

  status(taskId: string): Promise<Task> {
    return this.ask<Task>('GET', `/v1/tasks/${taskId}`);
  }

  private async remove(ids: readonly string[]): Promise<void> {
    const asked = ids.map((id) => this.ask<{ task: Task }>('DELETE', `/v1/servers/${id}`));
    for (const { task } of await Promise.all(asked)) await this.ended(task.id);
    for (const id of ids) {
      this.kept.delete(id);
      this.deleted.add(id);
    }
  }

  private async ended(id: string): Promise<void> {
    for (;;) {
      const { status } = await this.ask<Task>('GET', `/v1/tasks/${id}?wait=30s`);
      if (status === 'succeeded') return;
      if (OPEN.has(status)) continue;
      this.failures.push(`${id} ${status}`);
      return;
    }
  }

  /** A database that is busy answers 503 for a moment; the key sees to it that nothing is done twice. */
  private async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const key = crypto.randomUUID();
    for (let tries = 1; ; tries++) {
      const response = await fetch(this.instance.url + path, {
        method,
        headers: {
          authorization: `Bearer ${this.instance.token}`,
          ...(method === 'POST' ? { 'idempotency-key': key, 'content-type': 'application/json' } : {}),
        },
        body: body ? JSON.stringify(body) : null,
      });
      const text = await response.text();
      if (response.ok) return JSON.parse(text) as T;
      if (response.status !== 503 || tries === TRIES)
        throw new Error(`${method} ${path}: ${response.status} ${text}`);
      this.refused += 1;
      await pause(1_000);
    }
  }
}
