import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { currentContext, newContext, runInContext } from '../context/request-context.js';
import { parseTraceparent } from '../context/traceparent.js';
import { inSpan } from './span.js';
import { startTracing } from './tracing.js';

interface Exported {
  resourceSpans: {
    scopeSpans: { spans: { name: string; traceId: string; spanId: string; parentSpanId?: string }[] }[];
  }[];
}

async function collector() {
  const received: Exported[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/v1/traces')
        received.push(JSON.parse(Buffer.concat(chunks).toString()) as Exported);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, received, url: `http://127.0.0.1:${port}/` };
}

describe('tracing', () => {
  it('does nothing without a collector', async () => {
    const tracing = startTracing({ service: 'test', endpoint: undefined });
    const context = newContext();
    const seen = await runInContext(context, () =>
      inSpan('a', {}, async () => currentContext()?.traceparent),
    );
    expect(seen).toBe(context.traceparent);
    await tracing.stop();
  });

  it('sends spans of the caller’s trace to the collector, one within the other', async () => {
    const { server, received, url } = await collector();
    const tracing = startTracing({ service: 'test', endpoint: url });
    const context = newContext();
    let inner: string | undefined;
    await runInContext(context, () =>
      inSpan('outer', {}, () =>
        inSpan('inner', { kind: 'client', attributes: { n: 1 } }, async () => {
          inner = currentContext()?.traceparent;
        }),
      ),
    );
    await expect(
      runInContext(context, () =>
        inSpan('failing', {}, async () => {
          throw new Error('no');
        }),
      ),
    ).rejects.toThrow('no');
    await tracing.stop();
    await new Promise((resolve) => server.close(resolve));
    const spans = received.flatMap((body) =>
      body.resourceSpans.flatMap((each) => each.scopeSpans.flatMap((scope) => scope.spans)),
    );
    const named = new Map(spans.map((span) => [span.name, span]));
    expect([...named.keys()].sort()).toEqual(['failing', 'inner', 'outer']);
    expect(spans.every((span) => span.traceId === context.traceId)).toBe(true);
    expect(named.get('outer')?.parentSpanId).toBe(parseTraceparent(context.traceparent)?.spanId);
    expect(named.get('inner')?.parentSpanId).toBe(named.get('outer')?.spanId);
    expect(parseTraceparent(inner)?.spanId).toBe(named.get('inner')?.spanId);
  });
});
