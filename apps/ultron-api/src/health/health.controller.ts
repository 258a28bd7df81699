import { Controller, Get } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { metrics } from '@ultron/platform/metrics/metrics';
import { Operation } from '../http/operation/operation.decorator.js';
import { HttpReply } from '../http/reply/http.reply.js';
import { AliveBody, ReadyBody } from './health.dto.js';
import { HealthProbe } from './health.probe.js';

@Controller()
export class HealthController {
  constructor(private readonly probe: HealthProbe) {}

  @Get('healthz')
  @Operation({
    id: 'getHealth',
    tag: 'Service',
    summary: 'Ask whether the process runs',
    access: 'public',
    replies: { 200: { shape: AliveBody, description: 'It runs.' } },
  })
  alive(): AliveBody {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Operation({
    id: 'getReadiness',
    tag: 'Service',
    summary: 'Ask whether the process can work',
    description:
      'Without the database it cannot. Without Redis it can: conductors then find their tasks a little later.',
    access: 'public',
    replies: { 200: { shape: ReadyBody, description: 'It can work.' } },
    problems: { 503: 'not_ready' },
  })
  async ready(): Promise<ReadyBody> {
    if (!(await this.probe.databaseAnswers())) throw notReady();
    const redis = this.probe.redisAnswers;
    const note = 'tasks begin up to a few seconds later';
    return {
      status: redis ? 'ok' : 'degraded',
      parts: { database: { status: 'ok' }, redis: redis ? { status: 'ok' } : { status: 'down', note } },
    };
  }

  @Get('metrics')
  @Operation({
    id: 'getMetrics',
    tag: 'Service',
    summary: 'Get the metrics',
    access: 'public',
    replies: { 200: { description: 'In the text format of Prometheus.', mediaType: 'text/plain' } },
  })
  async metrics(): Promise<HttpReply> {
    return new HttpReply(200, await metrics.metrics(), { 'content-type': metrics.contentType });
  }
}

const notReady = (): Fault =>
  new Fault({
    code: 'not_ready',
    category: 'unavailable',
    detail: 'The database does not answer.',
    whoCanFix: 'operator',
    retryAfterMs: 2_000,
  });
