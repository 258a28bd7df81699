import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { currentContext } from '@ultron/platform/context/request-context';
import { startTracing } from '@ultron/platform/trace/tracing';
import { fastify } from 'fastify';
import { installSpanHook } from './span.hook.js';
import { installTraceHook } from './trace.hook.js';

interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  status: { code?: number };
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('spans of requests', () => {
  const spans: Span[] = [];
  const collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as {
        resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
      };
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.end('{}');
    });
  });
  const server = fastify();
  const seen: (string | undefined)[] = [];

  beforeAll(async () => {
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    const tracing = startTracing({ service: 'ultron-api', endpoint: `http://127.0.0.1:${port}/` });
    installTraceHook(server);
    installSpanHook(server);
    server.get('/things/:id', async () => {
      seen.push(currentContext()?.traceparent);
      return {};
    });
    server.get('/broken', () => {
      throw new Error('broken');
    });
    const answer = await server.inject({
      url: '/things/7',
      headers: { traceparent: `00-${TRACE}-${SPAN}-01` },
    });
    seen.push(String(answer.headers['traceparent']));
    await server.inject('/broken');
    await server.close();
    await tracing.stop();
  });
  afterAll(() => new Promise((resolve) => collector.close(resolve)));

  it('continue the trace of the caller, and what follows is theirs', () => {
    const span = spans.find(({ name }) => name === 'GET /things/:id');
    expect(span).toMatchObject({ traceId: TRACE, parentSpanId: SPAN });
    expect(seen).toEqual([`00-${TRACE}-${span?.spanId}-01`, `00-${TRACE}-${span?.spanId}-01`]);
  });

  it('are marked when the request failed', () => {
    expect(spans.find(({ name }) => name === 'GET /broken')?.status.code).toBe(2);
    expect(spans.find(({ name }) => name === 'GET /things/:id')?.status.code ?? 0).toBe(0);
  });
});
