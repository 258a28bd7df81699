import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLockFile } from '../process/lock-file.js';
import { isRunning, pause, recordProcess } from '../process/process-record.js';
import { say } from '../progress.js';
import type { KeptInstance } from './keeper.js';

/** The instance that the user's keeper holds; starts a keeper if there is none. */
export async function useKeptInstance(folder: string): Promise<KeptInstance> {
  await mkdir(join(folder, 'users'), { recursive: true, mode: 0o700 });
  await registerUser(folder);
  return (
    (await runningInstance(folder)) ??
    withLockFile(join(folder, 'starting'), async () => (await runningInstance(folder)) ?? startKeeper(folder))
  );
}

async function runningInstance(folder: string): Promise<KeptInstance | null> {
  const text = await readFile(join(folder, 'instance.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const instance = JSON.parse(text) as KeptInstance;
  return (await isRunning(instance.keeper)) ? instance : null;
}

async function registerUser(folder: string): Promise<void> {
  const record = await recordProcess('test', process.pid);
  // Moved into place, so that the keeper never reads half a record.
  const whole = join(folder, `user-${randomUUID()}`);
  await writeFile(whole, JSON.stringify(record));
  await rename(whole, join(folder, 'users', String(process.pid)));
}

async function startKeeper(folder: string): Promise<KeptInstance> {
  say('starting a database and a Redis for tests');
  const logFile = join(folder, 'keeper.log');
  const log = openSync(logFile, 'w');
  const keeper = spawn(process.execPath, [join(import.meta.dirname, 'keeper.js'), folder], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let hasEnded = false;
  keeper.once('exit', () => (hasEnded = true));
  keeper.unref();
  while (!hasEnded) {
    const instance = await runningInstance(folder);
    if (instance) return instance;
    await pause(100);
  }
  throw new Error(`no database for tests:\n${await readFile(logFile, 'utf8')}`);
}
