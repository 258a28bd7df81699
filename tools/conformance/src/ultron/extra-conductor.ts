import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '@ultron/dev/process/free-port';
import { eventually } from '../target/eventually.js';
import { repository } from './ultron.config.js';

/** One conductor more for an instance, of any group; nobody starts it again. */
export class ExtraConductor {
  private constructor(private readonly process: ChildProcess) {}

  /** `settings`: where the instance has its data and its secrets. Resolves when it is ready. */
  static async start(group: string, settings: Record<string, string>): Promise<ExtraConductor> {
    const port = String(await freePort());
    const child = spawn(process.execPath, [join(repository, 'apps/ultron-conductor/dist/main.js')], {
      env: { ...process.env, ...settings, ULTRON_CONDUCTOR_GROUP: group, ULTRON_HEALTH_PORT: port },
      stdio: 'ignore',
    });
    const conductor = new ExtraConductor(child);
    try {
      await eventually(`a conductor of ${group} is ready`, () => isReady(port), { seconds: 60 });
    } catch (error) {
      await conductor.stop();
      throw error;
    }
    return conductor;
  }

  get pid(): number {
    return this.process.pid ?? NaN;
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGCONT');
    this.process.kill('SIGTERM');
    await ended;
  }
}

async function isReady(port: string): Promise<true | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
  return response?.ok ? true : undefined;
}
