import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { installDeadlineHook } from './deadline.hook.js';
import { installTraceHook } from './trace.hook.js';

function serverOf(handler: (wait: boolean) => Promise<unknown>) {
  const server = fastify();
  installTraceHook(server);
  installDeadlineHook(server, 80);
  server.get('/', (request) => handler(request.url.includes('wait')));
  return server;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the deadline of a request', () => {
  it('answers for a handler that never does', async () => {
    const server = serverOf(() => new Promise(() => undefined));
    const reply = await server.inject('/');
    expect(reply.statusCode).toBe(503);
    expect(reply.headers['retry-after']).toBe('5');
    expect(reply.json()).toMatchObject({
      code: 'deadline_exceeded',
      retryable: true,
      trace_id: expect.any(String),
    });
    await server.close();
  });

  it('lets others be, also those that were asked to wait', async () => {
    const server = serverOf(async (wait) => {
      await pause(wait ? 160 : 10);
      return { done: true };
    });
    expect((await server.inject('/')).json()).toEqual({ done: true });
    expect((await server.inject('/?wait=30s')).json()).toEqual({ done: true });
    await server.close();
  });

  it('does not mind an answer that comes after it', async () => {
    const server = serverOf(async () => {
      await pause(160);
      return { done: true };
    });
    expect((await server.inject('/')).statusCode).toBe(503);
    await pause(150);
    expect((await server.inject('/?wait=1s')).statusCode).toBe(200);
    await server.close();
  });
});
