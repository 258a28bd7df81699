import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { findProgram } from './find-program.js';

/** How to start a program that goes on until it is stopped. */
export interface Launch {
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  cwd?: string;
  /** Milliseconds between the request to stop and the kill. */
  graceMs?: number;
}

export interface ChildEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running program whose output goes to a log file. */
export class Child {
  readonly ended: Promise<ChildEnd>;
  private end: ChildEnd | null = null;

  private constructor(
    private readonly process: ChildProcess,
    readonly pid: number,
    private readonly graceMs: number,
  ) {
    this.ended = new Promise((resolve) => {
      process.once('exit', (code, signal) => resolve((this.end = { code, signal })));
    });
  }

  static async start(launch: Launch, logFile: string): Promise<Child> {
    const { command, args } = await withParent(launch);
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    try {
      // A process group of its own: Ctrl-C reaches the supervisor only, which stops its children in their order.
      const started = spawn(command, args, {
        cwd: launch.cwd,
        env: { ...process.env, ...launch.env },
        stdio: ['ignore', log, log],
        detached: true,
      });
      await new Promise<void>((resolve, reject) => {
        started.once('spawn', resolve);
        started.once('error', reject);
      });
      if (started.pid === undefined) throw new Error(`${command} has no pid`);
      return new Child(started, started.pid, launch.graceMs ?? 15_000);
    } finally {
      closeSync(log);
    }
  }

  get hasEnded(): boolean {
    return this.end !== null;
  }

  /** Asks the program to end, waits for it, and kills it if it takes longer than its grace. */
  async stop(): Promise<ChildEnd> {
    if (this.end) return this.end;
    this.process.kill('SIGTERM');
    const kill = setTimeout(() => this.process.kill('SIGKILL'), this.graceMs);
    try {
      return await this.ended;
    } finally {
      clearTimeout(kill);
    }
  }
}

/**
 * On Linux the kernel ends the child when its parent dies, even by SIGKILL (prctl PR_SET_PDEATHSIG, through setpriv,
 * which then becomes the program itself: same pid).
 */
async function withParent(launch: Launch): Promise<{ command: string; args: readonly string[] }> {
  const setpriv = process.platform === 'linux' ? await findProgram('setpriv') : null;
  if (!setpriv) return { command: launch.command, args: launch.args };
  return { command: setpriv, args: ['--pdeathsig', 'TERM', '--', launch.command, ...launch.args] };
}
