import { readFile } from 'node:fs/promises';
import { runProgram } from './run-program.js';

/** A process that can be recognised later: a pid alone may by then belong to another program. */
export interface ProcessRecord {
  name: string;
  pid: number;
  /** When it was started, as the system tells it; only ever compared for equality. */
  startedAt: string;
}

export async function recordProcess(name: string, pid: number): Promise<ProcessRecord> {
  return { name, pid, startedAt: (await startOf(pid)) ?? '' };
}

/** Whether this very process, not another with its pid, still runs. */
export async function isRunning(record: ProcessRecord): Promise<boolean> {
  return record.startedAt !== '' && (await startOf(record.pid)) === record.startedAt;
}

/** Ends these processes if they still run: SIGTERM, and SIGKILL for what is still there after `graceMs`. */
export async function endProcesses(
  records: readonly ProcessRecord[],
  graceMs: number,
): Promise<ProcessRecord[]> {
  const running: ProcessRecord[] = [];
  for (const record of records) if (await isRunning(record)) running.push(record);
  for (const record of running) signal(record.pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  for (const record of running) {
    while ((await isRunning(record)) && Date.now() < deadline) await pause(50);
    if (await isRunning(record)) signal(record.pid, 'SIGKILL');
  }
  return running;
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in the meantime, which is what a signal of ours is for.
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function startOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') {
    return runProgram('ps', ['-o', 'lstart=', '-p', String(pid)]).then(
      (text) => text.trim() || null,
      () => null,
    );
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // After the name in brackets: state is field 3, the start time in clock ticks field 22 (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
}
