import { readFileSync } from 'node:fs';
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
}

export type Environment = Readonly<Record<string, string | undefined>>;

const LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * The configuration of the process. Every variable may instead be given as a file: `NAME_FILE`.
 * @throws Error that names everything wrong at once.
 */
export function apiConfig(environment: Environment = process.env): ApiConfig {
  const wrong: string[] = [];
  const text = (name: string) => read(environment, name, wrong);
  const need = (name: string) => {
    const value = text(name);
    if (value === undefined) wrong.push(`${name} (or ${name}_FILE) is required`);
    return value ?? '';
  };
  const config: ApiConfig = {
    databaseUrl: need('ULTRON_DATABASE_URL'),
    redisUrl: need('ULTRON_REDIS_URL'),
    redisPrefix: text('ULTRON_REDIS_PREFIX'),
    host: text('ULTRON_API_HOST') ?? '127.0.0.1',
    port: portOf(text('ULTRON_API_PORT') ?? '8080', wrong),
    domains: domainsOf(text('ULTRON_DOMAINS'), wrong),
    adminToken: text('ULTRON_ADMIN_TOKEN'),
    logLevel: levelOf(text('ULTRON_LOG_LEVEL') ?? 'info', wrong),
  };
  if (wrong.length) throw new Error(`The configuration is not as it should be:\n- ${wrong.join('\n- ')}`);
  return config;
}

function read(environment: Environment, name: string, wrong: string[]): string | undefined {
  const file = environment[`${name}_FILE`];
  if (!file) return environment[name] || undefined;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    wrong.push(`${name}_FILE names ${file}, which cannot be read (${String(error)})`);
    return undefined;
  }
}

function portOf(text: string, wrong: string[]): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  wrong.push(`ULTRON_API_PORT must be a port from 0 to 65535, not ${text}`);
  return 0;
}

function domainsOf(text: string | undefined, wrong: string[]): readonly Domain[] {
  if (text === undefined || text === 'all') return DOMAINS;
  const names = text.split(',').map((name) => name.trim());
  const chosen = DOMAINS.filter((domain) => names.includes(domain));
  const unknown = names.filter((name) => !chosen.some((domain) => domain === name));
  if (unknown.length) wrong.push(`ULTRON_DOMAINS knows ${DOMAINS.join(', ')}, not ${unknown.join(', ')}`);
  return chosen;
}

function levelOf(text: string, wrong: string[]): LogLevel {
  if (LEVELS.includes(text)) return text as LogLevel;
  wrong.push(`ULTRON_LOG_LEVEL must be one of ${LEVELS.join(', ')}`);
  return 'info';
}
