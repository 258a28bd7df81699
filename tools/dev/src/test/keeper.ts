import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPrivatePair } from '../datastores/private-pair.js';
import { readDevConfig } from '../dev.config.js';
import {
  endProcesses,
  isRunning,
  pause,
  recordProcess,
  type ProcessRecord,
} from '../process/process-record.js';

const IDLE_LIMIT_MS = 10 * 60 * 1000;
const LOOK_EVERY_MS = 5000;

/** What the keeper publishes once its servers answer. */
export interface KeptInstance {
  databaseUrl: string;
  redisUrl: string;
  keeper: ProcessRecord;
  servers: ProcessRecord[];
}

/**
 * Keeps one database and one Redis for tests that are run by hand, for all test processes of a user, and ends with them
 * when no test process has used them for ten minutes.
 */
async function keep(folder: string): Promise<void> {
  const config = readDevConfig();
  await endLeftovers(folder);
  const pair = await startPrivatePair({
    folder: join(folder, 'servers'),
    cacheDir: config.cacheDir,
    sources: config.datastoreSources,
  });
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(name, () => stop.abort());
  for (const child of pair.children) void child.ended.then(() => stop.abort());
  await publish(folder, {
    databaseUrl: pair.databaseUrl,
    redisUrl: pair.redisUrl,
    keeper: await recordProcess('keeper', process.pid),
    servers: await Promise.all(pair.children.map((child) => recordProcess('server', child.pid))),
  });
  await whileUsed(join(folder, 'users'), stop.signal);
  await rm(join(folder, 'instance.json'), { force: true });
  await pair.stop();
}

/** A keeper that was killed may have left its servers behind where the kernel did not end them. */
async function endLeftovers(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'instance.json'), 'utf8').catch(() => null);
  await rm(join(folder, 'instance.json'), { force: true });
  if (text) await endProcesses((JSON.parse(text) as KeptInstance).servers, 5000);
  await rm(join(folder, 'servers'), { recursive: true, force: true });
}

async function publish(folder: string, instance: KeptInstance): Promise<void> {
  const file = join(folder, 'instance.json');
  await writeFile(`${file}.new`, JSON.stringify(instance), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function whileUsed(users: string, signal: AbortSignal): Promise<void> {
  await mkdir(users, { recursive: true });
  let lastUse = Date.now();
  while (!signal.aborted && Date.now() - lastUse < IDLE_LIMIT_MS) {
    for (const name of await readdir(users)) {
      const record = JSON.parse(
        await readFile(join(users, name), 'utf8').catch(() => 'null'),
      ) as ProcessRecord | null;
      if (record && (await isRunning(record))) lastUse = Date.now();
      else await rm(join(users, name), { force: true });
    }
    await pause(LOOK_EVERY_MS);
  }
}

const folder = process.argv[2];
if (!folder) throw new Error('usage: keeper.js FOLDER');
await keep(folder);
