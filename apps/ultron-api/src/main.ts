import { FirstToken } from '@ultron/identity/token/first-token';
import { ConfigError } from '@ultron/platform/config/env';
import { migrate } from '@ultron/platform/database/migrate';
import { type Log, openLog } from '@ultron/platform/logging/logger';
import { metrics } from '@ultron/platform/metrics/metrics';
import type { Tracing } from '@ultron/platform/trace/tracing';
import { entities } from '@ultron/schema/entities';
import { migrations } from '@ultron/schema/migrations';
import { collectDefaultMetrics } from 'prom-client';
import { createApi } from './api.app.js';
import { type ApiConfig, apiConfig } from './api.config.js';

async function runMigrations(config: ApiConfig, log: Log): Promise<void> {
  const ran = await migrate({ url: config.databaseUrl, entities, migrations });
  log.info(ran.length ? 'the schema was brought up to date' : 'the schema is up to date', { ran });
}

async function serve(config: ApiConfig, log: Log): Promise<void> {
  collectDefaultMetrics({ register: metrics });
  const tracing = await tracingOf(config);
  const app = await createApi(config, log);
  showFirstToken(await app.get(FirstToken, { strict: false }).ensure(config.adminToken));
  await app.listen({ host: config.host, port: config.port });
  log.info('listening', { url: await app.getUrl(), domains: config.domains });
  endOnSignal(async () => {
    await app.close();
    await tracing?.stop();
  }, log);
}

/** The exporter is loaded only where it is wanted: it is much code. */
async function tracingOf({ otlpEndpoint: endpoint }: ApiConfig): Promise<Tracing | undefined> {
  if (!endpoint) return undefined;
  const { startTracing } = await import('@ultron/platform/trace/tracing');
  return startTracing({ service: 'ultron-api', endpoint });
}

/** To the terminal and not to the log: logs are kept, and are read by many. */
function showFirstToken(secret: string | undefined): void {
  if (secret) process.stderr.write(`\nThe first admin token, shown only this once: ${secret}\n\n`);
}

/** Longer than this no shutdown takes; what is unfinished then is cut off. */
const SHUTDOWN_MS = 5_000;

function endOnSignal(close: () => Promise<void>, log: Log): void {
  let ending = false;
  const end = (signal: string) => {
    if (ending) return;
    ending = true;
    log.info('shutting down', { signal });
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('the shutdown failed', { error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

async function main(): Promise<void> {
  const config = readConfig();
  if (!config) return;
  const log = openLog({ service: 'ultron-api', level: config.logLevel });
  try {
    await (process.argv[2] === 'migrate' ? runMigrations(config, log) : serve(config, log));
  } catch (error) {
    log.error('the process cannot start', { error });
    process.exitCode = 1;
    setImmediate(() => process.exit(1));
  }
}

/** Undefined, and said in plain words, when the configuration is not right. */
function readConfig(): ApiConfig | undefined {
  try {
    return apiConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

await main();
