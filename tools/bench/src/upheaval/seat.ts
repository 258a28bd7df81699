import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '@ultron/dev/process/free-port';
import { answersOk } from '@ultron/dev/start/api-client';
import type { BenchInstance } from '../instance/bench-instance.js';
import type { Audit } from './audit.js';
import { Counters } from './counters.js';
import { pause } from './pause.js';

/** A machine on which much else runs needs long. */
const READY_MS = 300_000;

/** A place in a group in which one conductor runs after the other. */
export class Seat {
  /** Nobody disturbs it just now. */
  free = true;
  private child: ChildProcess | undefined;
  private user = '';
  private port = NaN;
  private starts = 0;

  constructor(
    private readonly parts: {
      instance: BenchInstance;
      audit: Audit;
      counters: Counters;
      logs: string | undefined;
    },
    readonly group: string,
    private readonly name: string,
  ) {}

  /** A new process; resolves when it says that it works. */
  async start(): Promise<void> {
    const { instance, audit, logs } = this.parts;
    this.starts += 1;
    this.user = `${this.name}_${this.starts}`;
    this.port = await freePort();
    const settings = {
      ULTRON_CONDUCTOR_GROUP: this.group,
      ULTRON_DATABASE_URL: await audit.userUrl(this.user),
      ULTRON_HEALTH_PORT: String(this.port),
    };
    const log = logs === undefined ? undefined : join(logs, `${this.user}.log`);
    this.child = await instance.spawnConductor(settings, log);
    for (const deadline = Date.now() + READY_MS; !(await answersOk(this.url('readyz'))); await pause(200)) {
      if (Date.now() > deadline) throw new Error(`the conductor ${this.user} does not get ready`);
      if (this.child.exitCode !== null) throw new Error(`the conductor ${this.user} ended at its start`);
    }
    while ((await audit.conductorOf(this.user)) === null) await pause(50);
  }

  /** The id of the process that runs now. */
  async conductorId(): Promise<string> {
    return (await this.parts.audit.conductorOf(this.user)) ?? '';
  }

  async kill(): Promise<void> {
    await this.count();
    await this.end('SIGKILL');
  }

  /** As an operator ends it; how many milliseconds that takes. */
  async stop(): Promise<number> {
    await this.count();
    const from = performance.now();
    await this.end('SIGTERM');
    return performance.now() - from;
  }

  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** Reads its counters; what it has counted stays known when it ends. */
  async count(): Promise<void> {
    await this.parts.counters.read(this.user, this.url('metrics'));
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    if (signal === 'SIGTERM') child.kill('SIGCONT');
    await ended;
  }

  private url(path: string): string {
    return `http://127.0.0.1:${this.port}/${path}`;
  }
}
