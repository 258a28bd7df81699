import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseDatabase, chooseRedis } from '../datastores/choose.js';
import type { ServerPlan } from '../datastores/server-plan.js';
import { repository, type DevConfig } from '../dev.config.js';
import type { Service } from '../supervisor/service.js';
import { answersOk } from './api-client.js';
import { SIMULATED_CLUSTERS } from './clusters.js';
import { secretFile, type Instance } from './instance.js';

/** What the processes of Ultron are told, as an operator would tell them. */
export type Settings = Record<string, string>;

export async function datastorePlans(
  config: DevConfig,
  instance: Instance,
): Promise<Record<'database' | 'redis', ServerPlan>> {
  const { datastoreSources: sources, cacheDir } = config;
  const place = (name: 'database' | 'redis') => ({
    folder: join(instance.dataDir, name),
    port: instance.ports[name],
    fast: false,
  });
  return {
    database: await chooseDatabase({ sources, url: config.databaseUrl, cacheDir }, place('database')),
    redis: await chooseRedis({ sources, url: config.redisUrl, cacheDir }, place('redis')),
  };
}

export function datastoreService(name: string, plan: ServerPlan): Service | null {
  if (!plan.launch) return null;
  return {
    name,
    launch: plan.launch,
    prepare: () => plan.prepare(),
    isReady: () => plan.answers(),
    readyWithinMs: 180_000,
  };
}

export function settingsOf(instance: Instance, plans: Record<'database' | 'redis', ServerPlan>): Settings {
  return {
    ULTRON_DATABASE_URL: plans.database.url,
    ULTRON_REDIS_URL: plans.redis.url,
    ULTRON_CREDENTIAL_KEY_FILE: secretFile(instance, 'credential-key', 'base64'),
    ULTRON_ADMIN_TOKEN_FILE: secretFile(instance, 'admin-token'),
  };
}

export function apiService(instance: Instance, settings: Settings): Service {
  return {
    name: 'ultron-api',
    launch: {
      command: process.execPath,
      args: [join(repository, 'apps/ultron-api/dist/main.js')],
      env: { ...settings, ULTRON_API_HOST: '127.0.0.1', ULTRON_API_PORT: String(instance.ports.api) },
    },
    prepare: () => Promise.resolve(),
    isReady: () => answersOk(`${instance.url}/readyz`),
    readyWithinMs: 60_000,
  };
}

/**
 * Conductors read clusters page by page and drop the pages. Left to itself on a large machine, the engine of JavaScript
 * collects what is dropped only after hundreds of megabytes; what conductors hold is a third of this.
 */
export const CONDUCTOR_HEAP = ['--max-old-space-size=256', '--max-semi-space-size=16'];

export function conductorService(settings: Settings, group: string, healthPort: number): Service {
  return {
    name: `ultron-conductor-${group}`,
    launch: {
      command: process.execPath,
      args: [...CONDUCTOR_HEAP, join(repository, 'apps/ultron-conductor/dist/main.js')],
      env: { ...settings, ULTRON_CONDUCTOR_GROUP: group, ULTRON_HEALTH_PORT: String(healthPort) },
    },
    prepare: () => Promise.resolve(),
    isReady: () => answersOk(`http://127.0.0.1:${healthPort}/readyz`),
    readyWithinMs: 60_000,
  };
}

export function simulatorUrl(instance: Instance): string {
  return `http://127.0.0.1:${instance.ports.simulator}`;
}

export function simulatorService(instance: Instance, password: string): Service {
  const folder = join(instance.dataDir, 'simulator');
  const config = join(folder, 'clusters.json');
  return {
    name: 'simulator',
    launch: {
      command: process.execPath,
      args: [
        join(repository, 'tools/openstack-sim/dist/main.js'),
        ...[
          '--config',
          config,
          '--port',
          String(instance.ports.simulator),
          '--state',
          join(folder, 'state.json'),
        ],
      ],
    },
    prepare: async () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const clusters = SIMULATED_CLUSTERS.map(({ name, release, idc, region }) => ({
        name,
        release,
        idc,
        region,
        password,
        lifecycle: 'realistic',
      }));
      writeFileSync(config, JSON.stringify({ clusters }), { mode: 0o600 });
    },
    isReady: () => answersOk(`${simulatorUrl(instance)}/_sim/clusters`),
    readyWithinMs: 30_000,
  };
}
