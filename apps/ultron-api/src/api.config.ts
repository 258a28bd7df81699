import { Env } from '@ultron/platform/config/env';
import type { LogLevel } from '@ultron/platform/logging/logger';
import { DOMAINS, type Domain } from './domain.names.js';

export interface ApiConfig {
  databaseUrl: string;
  redisUrl: string;
  /** Before every key in Redis, so that several installations can share one. */
  redisPrefix: string | undefined;
  host: string;
  port: number;
  /** Whose routes this process serves. */
  domains: readonly Domain[];
  /** A fixed admin token instead of one made at the first start. */
  adminToken: string | undefined;
  logLevel: LogLevel;
  /** The collector that spans are sent to, such as `http://collector:4318`; none are made without it. */
  otlpEndpoint: string | undefined;
}

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * The configuration of the process. Every variable may instead be given as a file: `NAME_FILE`.
 * @throws ConfigError that names everything wrong at once.
 */
export function apiConfig(variables: NodeJS.ProcessEnv = process.env): ApiConfig {
  const env = new Env(variables);
  const config: ApiConfig = {
    databaseUrl: env.url('ULTRON_DATABASE_URL', ['mysql', 'mariadb'], { what: 'where everything is kept' }),
    redisUrl: env.url('ULTRON_REDIS_URL', ['redis', 'rediss'], { what: 'the doorbell of the conductors' }),
    redisPrefix: env.optional('ULTRON_REDIS_PREFIX'),
    host: env.text('ULTRON_API_HOST', { default: '127.0.0.1' }),
    port: env.integer('ULTRON_API_PORT', { min: 0, max: 65_535 }, { default: 8080 }),
    domains: env.list('ULTRON_DOMAINS', DOMAINS, { default: DOMAINS }),
    adminToken: env.optional('ULTRON_ADMIN_TOKEN'),
    logLevel: env.oneOf('ULTRON_LOG_LEVEL', LEVELS, { default: 'info' }),
    otlpEndpoint: env.optional('OTEL_EXPORTER_OTLP_ENDPOINT'),
  };
  env.finish();
  return config;
}
