import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export type DatastoreSource = 'url' | 'local' | 'docker' | 'debian';

/** Where MariaDB or MySQL and Redis may come from, in the order in which they are tried. */
export const DATASTORE_SOURCES: readonly DatastoreSource[] = ['url', 'local', 'docker', 'debian'];

/** The folder of the repository: this file is `tools/dev/dist/dev.config.js`. */
export const repository = resolve(import.meta.dirname, '../../..');

/** What the person or script who runs the tools has set. */
export interface DevConfig {
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  testDatabaseUrl: string | undefined;
  testRedisUrl: string | undefined;
  /** Data, logs and secrets of the instance that `npm start` runs. */
  dataDir: string;
  /** First of the ports of the instance that `npm start` runs. */
  portBase: number;
  /** What was downloaded and unpacked; may be deleted at any time when nothing runs. */
  cacheDir: string;
  datastoreSources: readonly DatastoreSource[];
  /** The longest wait, in milliseconds, before a process of the instance that died is started again. */
  restartMs: number;
  /** `on`, `off` or `auto`: whether CI runs the suite on the lab. */
  labMode: string;
}

export function readDevConfig(env: NodeJS.ProcessEnv = process.env): DevConfig {
  return {
    databaseUrl: env['ULTRON_DATABASE_URL'] || undefined,
    redisUrl: env['ULTRON_REDIS_URL'] || undefined,
    testDatabaseUrl: env['ULTRON_TEST_DATABASE_URL'] || undefined,
    testRedisUrl: env['ULTRON_TEST_REDIS_URL'] || undefined,
    dataDir: resolve(repository, env['ULTRON_DATA_DIR'] || '.ultron'),
    portBase: readPort(env['ULTRON_PORT_BASE'] || '7700'),
    cacheDir: resolve(
      env['ULTRON_CACHE_DIR'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ultron'),
    ),
    datastoreSources: readSources(env['ULTRON_DATASTORES']),
    restartMs: readMilliseconds('ULTRON_RESTART_MS', env['ULTRON_RESTART_MS'] || '30000'),
    labMode: env['ULTRON_LAB'] || 'auto',
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1024 || port > 65_000) {
    throw new Error(`ULTRON_PORT_BASE must be a port between 1024 and 65000, not "${text}"`);
  }
  return port;
}

function readMilliseconds(name: string, text: string): number {
  const ms = Number(text);
  if (!Number.isInteger(ms) || ms < 1)
    throw new Error(`${name} is a whole number of milliseconds, not "${text}"`);
  return ms;
}

function readSources(text: string | undefined): readonly DatastoreSource[] {
  if (!text) return DATASTORE_SOURCES;
  return text.split(',').map((name) => {
    const source = DATASTORE_SOURCES.find((known) => known === name.trim());
    if (!source) throw new Error(`ULTRON_DATASTORES knows ${DATASTORE_SOURCES.join(', ')}, not "${name}"`);
    return source;
  });
}
