import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { systemClock } from '@ultron/kernel/clock';
import { configOrExplain } from '@ultron/platform/config/config-or-explain';
import { openLog, type Log } from '@ultron/platform/logging/logger';
import { NestLog } from '@ultron/platform/logging/nest-log';
import { endOnSignal } from '@ultron/platform/process/end-on-signal';
import type { Tracing } from '@ultron/platform/trace/tracing';
import { conductorConfig, type ConductorConfig } from './conductor.config.js';
import { ConductorModule } from './conductor.module.js';
import { ConductorWork } from './conductor.work.js';
import { serveHealth } from './health.server.js';

const RETRY_MS = 1_000;

async function main(): Promise<void> {
  const config = configOrExplain(conductorConfig);
  if (!config) return;
  const log = openLog({ service: 'ultron-conductor', level: config.logLevel });
  const tracing = await tracingOf(config);
  const stopping = new AbortController();
  let app: INestApplicationContext | undefined;
  const health = await serveHealth(
    { host: config.healthHost, port: config.healthPort },
    { notReady: () => whyNotReady(app) },
  );
  endOnSignal(log, async () => {
    stopping.abort();
    health.close();
    await app?.get(ConductorWork).stop();
    await app?.close();
    await tracing?.stop();
  });
  app = await startWhenPossible(config, log, stopping.signal);
}

/** The exporter is loaded only where it is wanted: it is much code. */
async function tracingOf({ otlpEndpoint: endpoint }: ConductorConfig): Promise<Tracing | undefined> {
  if (!endpoint) return undefined;
  const { startTracing } = await import('@ultron/platform/trace/tracing');
  return startTracing({ service: 'ultron-conductor', endpoint });
}

/** Nothing need be there when a conductor starts: it waits for the database, and for its tables. */
async function startWhenPossible(
  config: ConductorConfig,
  log: Log,
  signal: AbortSignal,
): Promise<INestApplicationContext | undefined> {
  for (let told = ''; !signal.aborted;) {
    try {
      return await start(config, log);
    } catch (error) {
      const reason = String(error);
      if (reason !== told) log.warn('not able to start yet; trying again', { reason });
      told = reason;
      await systemClock.sleep(RETRY_MS, signal);
    }
  }
  return undefined;
}

async function start(config: ConductorConfig, log: Log): Promise<INestApplicationContext> {
  const app = await NestFactory.createApplicationContext(ConductorModule.with(config, log), {
    logger: new NestLog(log),
    abortOnError: false,
  });
  try {
    await app.get(ConductorWork).start();
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
  log.info('conducting', { group: config.conductorGroup, domains: config.domains });
  return app;
}

async function whyNotReady(app: INestApplicationContext | undefined): Promise<string | null> {
  if (!app) return 'the database is away, or its tables are not there yet';
  return (await app.get(ConductorWork).databaseAnswers()) ? null : 'the database does not answer';
}

await main();
