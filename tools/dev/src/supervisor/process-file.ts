import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ProcessRecord } from '../process/process-record.js';

/** What runs just now, for scripts and for the next start; the file is kept current. */
export interface ProcessFile {
  supervisor: ProcessRecord;
  /** Process ids by name. */
  pids: Record<string, number>;
  processes: ProcessRecord[];
}

export async function readProcessFile(path: string): Promise<ProcessFile | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as ProcessFile);
}

export async function writeProcessFile(
  path: string,
  supervisor: ProcessRecord,
  processes: readonly ProcessRecord[],
): Promise<void> {
  const pids = Object.fromEntries(processes.map(({ name, pid }) => [name, pid]));
  const file: ProcessFile = { supervisor, pids, processes: [...processes] };
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, `${JSON.stringify(file, null, 2)}\n`);
  await rename(`${path}.new`, path);
}
