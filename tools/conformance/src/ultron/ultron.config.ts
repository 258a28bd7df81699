import { join, resolve } from 'node:path';

/** The folder of the repository: this file is `tools/conformance/dist/ultron/ultron.config.js`. */
export const repository = resolve(import.meta.dirname, '../../../..');

/** What an instance of its own is started with: the same that a person gets, in another place. */
export function instanceEnvironment(dataDir: string, portBase: number): NodeJS.ProcessEnv {
  const { ULTRON_DATABASE_URL: _database, ULTRON_REDIS_URL: _redis, ...env } = process.env;
  const path = [join(repository, 'node_modules/.bin'), env['PATH']].join(':');
  return {
    ...env,
    PATH: path,
    ULTRON_DATA_DIR: dataDir,
    ULTRON_PORT_BASE: String(portBase),
    // Whose conductors are killed many times in a row.
    ULTRON_RESTART_MS: '1000',
    // Containers last: their volumes would stay behind.
    ULTRON_DATASTORES: 'local,debian,docker',
  };
}

/** How many servers one call asks for; fewer on the lab, whose two releases share this machine's cores. */
export function batchSize(kind: 'sim' | 'lab', env: NodeJS.ProcessEnv = process.env): number {
  return Number(env['ULTRON_CONFORMANCE_SERVERS'] || (kind === 'sim' ? 100 : 8));
}
