import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { Child, type ChildEnd } from '../process/child.js';
import { pause, recordProcess, type ProcessRecord } from '../process/process-record.js';
import { Advice, say } from '../progress.js';
import { writeProcessFile } from './process-file.js';
import { BACKOFF, type Backoff, type Service } from './service.js';

export interface SupervisorOptions {
  logFolder: string;
  /** Kept current with the pids of all that runs. */
  processFile: string;
  backoff?: Backoff;
}

interface Watched {
  service: Service;
  child: Child;
  startedAt: number;
  record: ProcessRecord;
}

/** Starts processes one after another, starts again what dies, and stops all in the opposite order. */
export class Supervisor {
  private readonly watched: Watched[] = [];
  private readonly backoff: Backoff;
  private isStopping = false;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: SupervisorOptions) {
    this.backoff = options.backoff ?? BACKOFF;
  }

  /** Starts the service and resolves when it is ready; throws if it ends or is not ready in time. */
  async start(service: Service): Promise<void> {
    if (this.isStopping) throw new Advice('Stopped before everything was started.');
    const watched = await this.launch(service);
    this.watched.push(watched);
    await this.publish();
    await this.untilReady(watched);
    void this.watch(watched);
  }

  get pids(): Record<string, number> {
    return Object.fromEntries(this.watched.map(({ service, child }) => [service.name, child.pid]));
  }

  logFile(name: string): string {
    return join(this.options.logFolder, `${name}.log`);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    for (const { service, child } of this.watched.toReversed()) {
      say(`stopping ${service.name}`);
      await child.stop();
    }
    this.watched.length = 0;
    await this.publish();
  }

  private async launch(service: Service): Promise<Watched> {
    await service.prepare();
    const child = await Child.start(service.launch, this.logFile(service.name));
    return { service, child, startedAt: Date.now(), record: await recordProcess(service.name, child.pid) };
  }

  private async untilReady(watched: Watched): Promise<void> {
    const { service, child } = watched;
    const deadline = Date.now() + service.readyWithinMs;
    while (!(await service.isReady())) {
      if (child.hasEnded)
        throw new Advice(`${service.name} ended at its start.\n${await this.endOfLog(service.name)}`);
      if (this.isStopping) throw new Advice('Stopped before everything was started.');
      if (Date.now() > deadline) {
        throw new Advice(
          `${service.name} is not ready after ${service.readyWithinMs / 1000} s.\n${await this.endOfLog(service.name)}`,
        );
      }
      await pause(100);
    }
  }

  private async watch(watched: Watched): Promise<void> {
    let waitMs = this.backoff.firstMs;
    for (;;) {
      const end = await watched.child.ended;
      if (this.isStopping) return;
      if (Date.now() - watched.startedAt > this.backoff.steadyAfterMs) waitMs = this.backoff.firstMs;
      say(
        `${watched.service.name} (pid ${watched.child.pid}) ended with ${described(end)}; starting it again in ${waitMs / 1000} s, log: ${this.logFile(watched.service.name)}`,
      );
      await pause(waitMs);
      waitMs = Math.min(waitMs * 2, this.backoff.longestMs);
      if (this.isStopping) return;
      await this.startAgain(watched);
    }
  }

  private async startAgain(watched: Watched): Promise<void> {
    try {
      Object.assign(watched, await this.launch(watched.service));
      // A stop that came while it was being started has not seen the new child.
      if (this.isStopping) return void (await watched.child.stop());
      await this.publish();
      await this.untilReady(watched);
      say(`${watched.service.name} runs again, pid ${watched.child.pid}`);
    } catch (error) {
      if (!this.isStopping)
        say(`${watched.service.name}: ${error instanceof Error ? error.message : String(error)}`);
      // One that hangs is started again like one that died.
      if (!watched.child.hasEnded) await watched.child.stop();
    }
  }

  /** One write after the other, so that the newest state is what stays. */
  private publish(): Promise<void> {
    this.writing = this.writing.then(async () => {
      const supervisor = await recordProcess('supervisor', process.pid);
      await writeProcessFile(
        this.options.processFile,
        supervisor,
        this.watched.map(({ record }) => record),
      );
    });
    return this.writing;
  }

  private async endOfLog(name: string): Promise<string> {
    const text = await readFile(this.logFile(name), 'utf8').catch(() => '');
    return `The end of ${this.logFile(name)}:\n${text.trimEnd().split('\n').slice(-15).join('\n')}`;
  }
}

function described({ code, signal }: ChildEnd): string {
  return signal ?? `exit code ${code}`;
}
