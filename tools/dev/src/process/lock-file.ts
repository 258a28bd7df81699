import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isRunning, pause, recordProcess, type ProcessRecord } from './process-record.js';

/**
 * Does the work while no other process, and no other caller in this one, does the same. A holder that was killed does
 * not block the others.
 */
export async function withLockFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  while (!(await take(file))) await pause(100);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  const mine = `${file}.${randomUUID()}`;
  await writeFile(mine, JSON.stringify(await recordProcess('lock', process.pid)));
  try {
    // A link appears whole or not at all, and fails if the name is taken.
    await link(mine, file);
    return true;
  } catch {
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text !== null && !(await isRunning(JSON.parse(text) as ProcessRecord)))
      await rm(file, { force: true });
    return false;
  } finally {
    await rm(mine, { force: true });
  }
}
