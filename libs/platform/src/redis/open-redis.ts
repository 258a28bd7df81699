import { Redis } from 'ioredis';
import type { Log } from '../logging/logger.js';

export interface RedisOptions {
  url: string;
  log: Log;
  /**
   * `fail_fast` for whoever can do without: a command fails at once while Redis is away, and after two seconds when it
   * does not answer. `patient` for workers that have nothing else to do: commands wait until it is back.
   */
  when_away: 'fail_fast' | 'patient';
  /** Shown by `CLIENT LIST`. */
  name: string;
}

const COMMAND_TIMEOUT_MS = 2_000;
const MOST_PAUSE_MS = 2_000;

/** Connects in the background and for ever again. That Redis is away is logged once, and once that it is back. */
export function openRedis(options: RedisOptions): Redis {
  const failFast = options.when_away === 'fail_fast';
  const client = new Redis(options.url, {
    connectionName: options.name,
    maxRetriesPerRequest: null,
    enableOfflineQueue: !failFast,
    ...(failFast ? { commandTimeout: COMMAND_TIMEOUT_MS, autoResendUnfulfilledCommands: false } : {}),
    connectTimeout: 5_000,
    retryStrategy: (times) => Math.min(MOST_PAUSE_MS, 50 * 2 ** Math.min(times, 6)),
  });
  reportOnce(client, options);
  return client;
}

function reportOnce(client: Redis, { log, name }: RedisOptions): void {
  let away = false;
  client.on('error', (error: Error) => {
    if (!away) log.warn('Redis is away; going on without it', { connection: name, reason: error.message });
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info('Redis is back', { connection: name });
    away = false;
  });
}
