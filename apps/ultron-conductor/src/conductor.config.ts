import { Env } from '@ultron/platform/config/env';
import type { LogLevel } from '@ultron/platform/logging/logger';
import { DOMAINS, type Domain } from './catalog.js';

export interface ConductorConfig {
  databaseUrl: string;
  redisUrl: string;
  /** Before every key in Redis, so that several installations can share one. */
  redisPrefix: string | undefined;
  /** Whose clusters this process serves. */
  conductorGroup: string;
  /** Whose tasks this process takes. */
  domains: readonly Domain[];
  /** Tasks in hand at once. */
  concurrency: number;
  /** Milliseconds between two readings of the capacity of a cluster. */
  capacityMs: number;
  /** Milliseconds between two readings of all else that a cluster offers; the sync has it read at once when it changed. */
  inventoryMs: number;
  /** Where `/healthz`, `/readyz` and `/metrics` are served. */
  healthHost: string;
  healthPort: number;
  logLevel: LogLevel;
  /** A collector of spans; without one none are made. */
  otlpEndpoint: string | undefined;
}

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * The configuration of the process. Every variable may instead be given as a file: `NAME_FILE`.
 * @throws ConfigError that names everything wrong at once.
 */
export function conductorConfig(variables: NodeJS.ProcessEnv = process.env): ConductorConfig {
  const env = new Env(variables);
  const config: ConductorConfig = {
    databaseUrl: env.url('ULTRON_DATABASE_URL', ['mysql', 'mariadb'], { what: 'where everything is kept' }),
    redisUrl: env.url('ULTRON_REDIS_URL', ['redis', 'rediss'], { what: 'the doorbell of the conductors' }),
    redisPrefix: env.optional('ULTRON_REDIS_PREFIX'),
    conductorGroup: env.text('ULTRON_CONDUCTOR_GROUP', { default: 'default' }),
    domains: env.list('ULTRON_DOMAINS', DOMAINS, { default: DOMAINS }),
    concurrency: env.integer('ULTRON_CONDUCTOR_CONCURRENCY', { min: 1, max: 10_000 }, { default: 256 }),
    capacityMs: env.integer('ULTRON_CAPACITY_REFRESH_MS', { min: 1000, max: 3_600_000 }, { default: 15_000 }),
    inventoryMs: env.integer(
      'ULTRON_INVENTORY_REFRESH_MS',
      { min: 1000, max: 86_400_000 },
      { default: 900_000 },
    ),
    healthHost: env.text('ULTRON_HEALTH_HOST', { default: '127.0.0.1' }),
    healthPort: env.integer('ULTRON_HEALTH_PORT', { min: 0, max: 65_535 }, { default: 8081 }),
    logLevel: env.oneOf('ULTRON_LOG_LEVEL', LEVELS, { default: 'info' }),
    otlpEndpoint: env.optional('OTEL_EXPORTER_OTLP_ENDPOINT'),
  };
  env.finish();
  return config;
}
