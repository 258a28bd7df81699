import { FirstToken } from '@ultron/identity/token/first-token';
import { configOrExplain } from '@ultron/platform/config/config-or-explain';
import { migrate } from '@ultron/platform/database/migrate';
import { type Log, openLog } from '@ultron/platform/logging/logger';
import { metrics } from '@ultron/platform/metrics/metrics';
import { endOnSignal } from '@ultron/platform/process/end-on-signal';
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
  endOnSignal(log, async () => {
    await app.close();
    await tracing?.stop();
  });
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

async function main(): Promise<void> {
  const config = configOrExplain(apiConfig);
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

await main();
