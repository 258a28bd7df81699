import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Simulated clusters may hold hundreds of thousands of servers. */
const MUCH_HEAP = '--max-old-space-size=8192';

/** A program of ours in a process of its own that says with one line of JSON on stdout that it is ready. */
export class Program<Ready> {
  private constructor(
    private readonly child: ChildProcess,
    readonly ready: Ready,
  ) {}

  static async start<Ready>(
    file: string,
    args: string[],
    env: Record<string, string> = {},
  ): Promise<Program<Ready>> {
    const child = spawn(process.execPath, [MUCH_HEAP, file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const said: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const ready = await new Promise<Ready>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as Ready));
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(new Error(`${file} ended with ${code}:\n${said.slice(-20).join('')}`)),
      );
    });
    return new Program(child, ready);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }

  get pid(): number {
    return this.child.pid ?? NaN;
  }
}
