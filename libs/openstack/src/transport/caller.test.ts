import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { CloudOptions } from '../cloud.options.js';
import type { CallRecord } from '../observer.js';
import { cloudOf, errorOf } from '../testing/clouds.js';
import { FakeOpenStack, type FakeReply } from '../testing/fake-openstack.js';
import { ClusterTraffic } from '../traffic/cluster-traffic.js';

const GET = 'GET /network/v2.0/ports/p';
const POST = 'POST /network/v2.0/ports';
const PORT = { body: { port: { id: 'p' } } };

let fake: FakeOpenStack;
let pauses: number[];
beforeEach(async () => {
  fake = await FakeOpenStack.start();
  pauses = [];
});
afterEach(() => fake.close());

/** Pauses are noted, not slept. */
const clock = {
  now: () => Date.now(),
  sleep: async (ms: number) => void pauses.push(ms),
};
const cloud = (options: Partial<CloudOptions> = {}) => cloudOf(fake, { clock, random: () => 0, ...options });
const get = (options?: Partial<CloudOptions>) => cloud(options).network.ports.get('p');
const create = (options?: Partial<CloudOptions>) => cloud(options).network.ports.create({ network_id: 'n' });

/** Answers with each of these in turn, and with the last of them for ever after. */
function script(call: string, ...replies: FakeReply[]): void {
  fake.on(call, () => (replies.length > 1 ? replies.shift() : replies[0]) ?? 'drop');
}

describe('a call that changes nothing more when it is repeated', () => {
  it('is tried again after an outage or a broken connection', async () => {
    script(GET, { status: 503 }, 'drop', PORT);
    expect(await get()).toEqual({ id: 'p' });
    expect(fake.received(GET)).toHaveLength(3);
    expect(pauses).toEqual([100, 200]);
  });

  it('is given up after the number of attempts, with the last error', async () => {
    script(GET, {
      status: 500,
      body: { NeutronError: { type: 'HTTPInternalServerError', message: 'oops' } },
    });
    expect(await errorOf(get())).toMatchObject({
      kind: 'outage',
      status: 500,
      retryable: true,
      message: 'oops',
    });
    expect(fake.received(GET)).toHaveLength(3);
  });

  it('waits as long as Retry-After says', async () => {
    script(GET, { status: 429, headers: { 'Retry-After': '2' } }, PORT);
    await get();
    expect(pauses).toEqual([2000]);
  });

  it('does not wait beyond its deadline, but says how long it would have had to', async () => {
    script(GET, { status: 429, headers: { 'Retry-After': '3600' } });
    const error = await errorOf(get());
    expect(error).toMatchObject({ kind: 'throttle', retryable: true, retryAfterMs: 3_600_000 });
    expect(fake.received(GET)).toHaveLength(1);
  });

  it.each([400, 403, 404, 409, 413])('is not tried again after a %d', async (status) => {
    script(GET, { status, headers: status === 413 ? { 'Retry-After': '0' } : {} });
    expect((await errorOf(get())).retryable).toBe(false);
    expect(fake.received(GET)).toHaveLength(1);
  });
});

describe('a creation', () => {
  it.each([
    ['a 503', { status: 503 }],
    ['a 504 of a proxy', { status: 504, body: '<html>Gateway Time-out</html>' }],
    ['a connection that breaks before the answer', 'drop' as const],
    ['an answer that is cut off', 'half' as const],
  ])('is not repeated after %s, and its outcome is called unknown', async (_, reply) => {
    script(POST, reply);
    expect(await errorOf(create())).toMatchObject({ kind: 'outage', outcomeUnknown: true });
    expect(fake.received(POST)).toHaveLength(1);
  });

  it('is not repeated after a 429, whose outcome is known', async () => {
    script(POST, { status: 429, headers: { 'Retry-After': '1' } });
    expect(await errorOf(create())).toMatchObject({
      kind: 'throttle',
      outcomeUnknown: false,
      retryAfterMs: 1000,
    });
    expect(fake.received(POST)).toHaveLength(1);
  });

  it('is repeated when it cannot have been sent, because there was no connection', async () => {
    const down = await FakeOpenStack.start();
    await down.close();
    const records: CallRecord[] = [];
    const observer = (record: CallRecord) => void records.push(record);
    const error = await errorOf(create({ endpoints: { network: `${down.url}/network` }, observer }));
    expect(error).toMatchObject({ kind: 'outage', code: 'connect', outcomeUnknown: false, retryable: true });
    expect(records.filter((record) => record.method === 'POST' && record.service === 'network')).toHaveLength(
      3,
    );
  });
});

describe('a repeated change', () => {
  it('keeps its outcome unknown when an earlier try may have worked', async () => {
    script('PUT /network/v2.0/ports/p', 'drop', {
      status: 412,
      body: { NeutronError: { type: 'RevisionNumberConstraintFailed', message: 'Constrained to 3' } },
    });
    const error = await errorOf(cloud().network.ports.update('p', { name: 'x' }, 3));
    expect(error).toMatchObject({ kind: 'conflict', status: 412, outcomeUnknown: true });
  });
});

describe('time', () => {
  it('ends a call whose answer does not begin, and a change then has an unknown outcome', async () => {
    script(POST, 'hang');
    const error = await errorOf(create({ timeouts: { headersMs: 60 } }));
    expect(error).toMatchObject({ kind: 'outage', code: 'timeout', outcomeUnknown: true, retryable: true });
  });

  it('is longer for the head of an answer about many ports', async () => {
    fake.on(POST, ({ body }) => ({ status: 201, body, afterMs: 150 }));
    const one = cloud({ timeouts: { headersMs: 100 } });
    expect(await one.network.ports.createBulk([{ network_id: 'n' }])).toHaveLength(1);
    expect(await errorOf(one.network.ports.create({ network_id: 'n' }))).toMatchObject({ code: 'timeout' });
  });

  it('ends a call that takes longer than its deadline in all', async () => {
    script(GET, 'hang');
    const started = performance.now();
    const error = await errorOf(cloud().network.ports.get('p', { deadlineMs: 80 }));
    expect(error).toMatchObject({ kind: 'outage', code: 'deadline', outcomeUnknown: false });
    expect(performance.now() - started).toBeLessThan(2000);
    expect(fake.received(GET)).toHaveLength(1);
  });

  it('ends a call when its caller says so, and is no sign of an outage', async () => {
    script(POST, 'hang');
    const leaver = new AbortController();
    const one = cloud();
    const call = errorOf(one.network.ports.create({ network_id: 'n' }, { signal: leaver.signal }));
    while (fake.received(POST).length === 0) await new Promise((go) => setTimeout(go, 5));
    leaver.abort();
    expect(await call).toMatchObject({
      kind: 'outage',
      code: 'aborted',
      retryable: false,
      outcomeUnknown: true,
    });
    expect(one.traffic.gauge).toMatchObject({ online: { inFlight: 0 }, breakers: { network: 'closed' } });
  });

  it('ends an attempt to connect to a host that takes the connection but never speaks', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((go) => mute.once('listening', go));
    const { port } = mute.address() as AddressInfo;
    const traffic = new ClusterTraffic({ connections: { connectMs: 100 } });
    const endpoints = { network: `https://127.0.0.1:${port}` };
    const error = await errorOf(create({ endpoints, traffic, attempts: 1 }));
    expect(error).toMatchObject({ kind: 'outage', code: 'connect', outcomeUnknown: false, retryable: true });
    for (const socket of sockets) socket.destroy();
    mute.close();
    await traffic.close();
  });
});

describe('an answer', () => {
  it('larger than allowed is given up', async () => {
    script(GET, { body: { port: { id: 'x'.repeat(200_000) } } });
    const error = await errorOf(get({ timeouts: { maxBodyBytes: 100_000 } }));
    expect(error).toMatchObject({ kind: 'invalid', code: 'body_too_large', retryable: false });
  });
});

describe('connections', () => {
  it('are kept and used again', async () => {
    fake.on(GET, () => PORT);
    const one = cloud();
    for (let call = 0; call < 10; call += 1) await one.network.ports.get('p');
    // The pool may open a second one while the first is still being handed back.
    expect(new Set(fake.requests.map((request) => request.connection)).size).toBeLessThanOrEqual(2);
    expect(fake.requests).toHaveLength(11);
  });

  it('that the server closes after each answer do no harm, to creations least of all', async () => {
    fake.keepAlive = false;
    fake.on(POST, () => ({ status: 201, ...PORT }));
    const one = cloud();
    const calls = Array.from({ length: 60 }, () => one.network.ports.create({ network_id: 'n' }));
    expect(await Promise.all(calls)).toHaveLength(60);
    expect(fake.received(POST)).toHaveLength(60);
  });

  it('are limited by the budget of the cluster', async () => {
    let now = 0;
    let most = 0;
    fake.on(GET, async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((go) => setTimeout(go, 5));
      now -= 1;
      return PORT;
    });
    const traffic = new ClusterTraffic({ limits: { initial: 4, max: 4 } });
    const one = cloud({ traffic });
    await Promise.all(Array.from({ length: 50 }, () => one.network.ports.get('p')));
    expect(most).toBe(4);
    await traffic.close();
  });
});

describe('the budget of a cluster', () => {
  it.each([
    ['429', { status: 429 }],
    ['503', { status: 503 }],
    ['timeouts', 'hang' as const],
  ])('shrinks on %s', async (_, reply) => {
    const traffic = new ClusterTraffic({ limits: { initial: 20 } });
    script(GET, reply);
    await errorOf(get({ traffic, attempts: 1, timeouts: { headersMs: 50 } }));
    expect(traffic.gauge.limit).toBe(14);
    await traffic.close();
  });

  it('grows while the cluster answers well', async () => {
    const traffic = new ClusterTraffic({ limits: { initial: 4 } });
    fake.on(GET, () => ({ ...PORT, afterMs: 2 }));
    const one = cloud({ traffic });
    await Promise.all(Array.from({ length: 200 }, () => one.network.ports.get('p')));
    expect(traffic.gauge.limit).toBeGreaterThan(16);
    await traffic.close();
  });

  it('neither grows nor waits for refusals when answers become slow', async () => {
    const traffic = new ClusterTraffic({ limits: { initial: 4 } });
    fake.on(GET, () => ({ ...PORT, afterMs: 1100 }));
    const one = cloud({ traffic });
    await one.network.ports.get('p');
    const before = traffic.gauge.limit;
    traffic.pace.judge('GET', '/network/v2.0/ports/p', 50);
    await Promise.all([1, 2, 3, 4].map(() => one.network.ports.get('p')));
    expect(traffic.gauge.limit).toBe(before);
    await traffic.close();
  });

  it('is shared by the projects that use it', async () => {
    const traffic = new ClusterTraffic({ limits: { initial: 20 } });
    script(GET, { status: 429 });
    await errorOf(get({ traffic, attempts: 1 }));
    await errorOf(get({ traffic, attempts: 1 }));
    expect(traffic.gauge.limit).toBe(9);
    await traffic.close();
  });
});

describe('a service that does not answer', () => {
  it('is not asked any more for a while, and calls fail at once', async () => {
    const traffic = new ClusterTraffic({ breaker: { threshold: 3, openMs: 60_000 } });
    script(GET, 'drop');
    fake.on('GET /image/v2/images/i', () => ({ body: { id: 'i' } }));
    const one = cloud({ traffic, attempts: 1 });
    for (let call = 0; call < 3; call += 1) await errorOf(one.network.ports.get('p'));
    const error = await errorOf(one.network.ports.create({ network_id: 'n' }));
    expect(error).toMatchObject({
      kind: 'outage',
      code: 'circuit_open',
      retryable: true,
      outcomeUnknown: false,
    });
    expect(error.retryAfterMs).toBeGreaterThan(50_000);
    expect(fake.received(GET)).toHaveLength(3);
    expect(traffic.gauge.breakers['network']).toBe('open');
    // Another service of the cluster is not concerned.
    expect(await one.image.images.get('i')).toEqual({ id: 'i' });
    await traffic.close();
  });

  it('is asked again by a single call later, and by all once that was answered', async () => {
    let time = Date.now();
    const owned = { now: () => time, sleep: async () => undefined };
    const traffic = new ClusterTraffic({
      breaker: { threshold: 1, openMs: 1000 },
      clock: owned,
      random: () => 0,
    });
    script(GET, 'drop', { ...PORT, afterMs: 20 });
    const one = cloud({ traffic, attempts: 1 });
    await errorOf(one.network.ports.get('p'));
    time += 1000;
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => one.network.ports.get('p')));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    await Promise.all([1, 2, 3].map(() => one.network.ports.get('p')));
    expect(traffic.gauge.breakers['network']).toBe('closed');
    await traffic.close();
  });
});

describe('the observer', () => {
  it('hears of every try with its size, time and outcome', async () => {
    const records: CallRecord[] = [];
    script(GET, 'drop', PORT);
    await cloud({ observer: (record) => records.push(record) }).network.ports.get('p', { lane: 'offline' });
    const seen = records.filter((record) => record.service === 'network');
    expect(seen).toHaveLength(2);
    expect(seen[0]).toMatchObject({ attempt: 1, status: undefined, bytes: 0, lane: 'offline' });
    expect(seen[0]?.error).toMatchObject({ code: 'reset', outcomeUnknown: false });
    expect(seen[1]).toMatchObject({ attempt: 2, status: 200, bytes: 19, route: '/network/v2.0/ports/p' });
    expect(seen[1]?.error).toBeUndefined();
    expect(seen[1]?.ms).toBeGreaterThan(0);
  });
});
