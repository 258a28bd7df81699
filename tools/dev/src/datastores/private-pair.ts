import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatastoreSource } from '../dev.config.js';
import type { Child } from '../process/child.js';
import { freePort } from '../process/free-port.js';
import { chooseDatabase, chooseRedis, type Choice } from './choose.js';
import { startServer } from './running-server.js';
import type { ServerPlace, ServerPlan } from './server-plan.js';

const ATTEMPTS = 3;

/** A database server and a Redis for tests: nothing in them survives, nobody else uses them. */
export interface PrivatePair {
  databaseUrl: string;
  redisUrl: string;
  children: Child[];
  stop(): Promise<void>;
}

export interface PairOptions {
  folder: string;
  cacheDir: string;
  sources: readonly DatastoreSource[];
  /** Leave out what only matters when the machine crashes (fsync …); default true. */
  fast?: boolean;
}

export async function startPrivatePair(options: PairOptions): Promise<PrivatePair> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const sources = testSources(options);
  const [database, redis] = await Promise.all([
    startOnFreePort('database', options, (place) =>
      chooseDatabase({ sources, url: undefined, cacheDir: options.cacheDir } satisfies Choice, place),
    ),
    startOnFreePort('redis', options, (place) =>
      chooseRedis({ sources, url: undefined, cacheDir: options.cacheDir } satisfies Choice, place),
    ),
  ]);
  const children = [database.child, redis.child].filter((child) => child !== null);
  return {
    databaseUrl: database.plan.url,
    redisUrl: redis.plan.url,
    children,
    stop: async () => void (await Promise.all(children.map((child) => child.stop()))),
  };
}

/** What was unpacked before is ready in a second and is preferred to a container, which takes ten. */
function testSources(options: PairOptions): readonly DatastoreSource[] {
  const unpacked = ['mariadb', 'redis'].every((name) =>
    existsSync(join(options.cacheDir, name, '.complete')),
  );
  if (!unpacked || !options.sources.includes('debian')) return options.sources;
  return ['local', 'debian'];
}

/** A free port may be taken by another process before our server binds it: then another one is tried. */
async function startOnFreePort(
  name: string,
  { folder, fast = true }: PairOptions,
  choose: (place: ServerPlace) => Promise<ServerPlan>,
): Promise<{ plan: ServerPlan; child: Child | null }> {
  for (let attempt = 1; ; attempt++) {
    const plan = await choose({ folder: join(folder, name), port: await freePort(), fast });
    try {
      return { plan, child: await startServer(plan, join(folder, `${name}.log`)) };
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}
