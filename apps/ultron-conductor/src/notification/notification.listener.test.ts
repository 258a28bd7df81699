import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startRabbitmq, type PrivateRabbitmq } from '@ultron/dev/datastores/rabbitmq';
import { readDevConfig } from '@ultron/dev/dev.config';
import { eventually } from '@ultron/testing/world/eventually';
import { connect, type ChannelModel } from 'amqplib';
import { NotificationListener, type ListenerState } from './notification.listener.js';
import type { NamedObject } from './notification.rules.js';

jest.setTimeout(180_000);

const TIMES = { firstPause: 50, lastPause: 500, collect: 20, lookAgain: 100 };
const TOPICS = ['notifications.info', 'versioned_notifications.*'];

let folder: string;
let broker: PrivateRabbitmq;
let heard: NamedObject[];
let states: ListenerState[];
let listener: NotificationListener | undefined;

const { cacheDir } = readDevConfig();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ultron-rabbit-'));
  broker = await startRabbitmq({ folder, cacheDir });
}, 400_000);
afterEach(async () => {
  await listener?.stop();
  listener = undefined;
});
afterAll(async () => {
  await broker.stop();
  await rm(folder, { recursive: true, force: true });
});

function listen(exchanges: string[]): void {
  heard = [];
  states = [];
  listener = new NotificationListener({
    url: broker.url,
    exchanges,
    topics: TOPICS,
    name: 'test',
    heard: (named) => void heard.push(...named),
    state: (state) => void states.push(state),
    times: TIMES,
  });
  listener.start();
}

const connected = () =>
  eventually(
    () => states.at(-1)?.kind,
    (kind) => kind === 'connected',
  );

/** As the services do: the exchange is theirs and is not durable. */
async function tell(
  connection: ChannelModel,
  exchange: string,
  key: string,
  eventType: string,
  payload: unknown,
): Promise<void> {
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange(exchange, 'topic', { durable: false });
  const message = { message_id: 'm', publisher_id: 'p', event_type: eventType, priority: 'INFO', payload };
  const body = JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(message) });
  channel.publish(exchange, key, Buffer.from(body), { contentType: 'application/json' });
  await channel.waitForConfirms();
  await channel.close();
}

async function withBroker<T>(work: (connection: ChannelModel) => Promise<T>): Promise<T> {
  const connection = await connect(broker.url);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

describe('a listener on a RabbitMQ', () => {
  it('hears what is told, each thing once for a while', async () => {
    await withBroker((connection) => tell(connection, 'nova', 'notifications.info', 'warm.up', {}));
    listen(['nova']);
    await connected();
    await withBroker(async (connection) => {
      for (let i = 0; i < 5; i++)
        await tell(connection, 'nova', 'notifications.info', 'compute.instance.update', {
          instance_id: 's1',
        });
      await tell(connection, 'nova', 'versioned_notifications.info', 'instance.power_off.end', {
        'nova_object.data': { uuid: 's2' },
      });
      await tell(connection, 'nova', 'other.key', 'compute.instance.update', { instance_id: 'not for us' });
    });
    await eventually(
      () => heard.map(({ objectId }) => objectId),
      (ids) => ids.includes('s1') && ids.includes('s2'),
    );
    expect(heard.some(({ objectId }) => objectId === 'not for us')).toBe(false);
  });

  it('waits for exchanges that do not exist yet, and makes none', async () => {
    listen(['nova', 'neutron-late']);
    await eventually(
      () => states.at(-1),
      (state) => state?.kind === 'waiting' && state.missing.includes('neutron-late'),
    );
    await withBroker((connection) =>
      tell(connection, 'neutron-late', 'notifications.info', 'port.create.end', { port: { id: 'lost' } }),
    );
    await connected();
    await withBroker((connection) =>
      tell(connection, 'neutron-late', 'notifications.info', 'port.delete.end', { port_id: 'p1' }),
    );
    await eventually(
      () => heard,
      (all) => all.some(({ kind, objectId }) => kind === 'port' && objectId === 'p1'),
    );
  });

  it('takes nothing away from others who listen', async () => {
    listen(['nova']);
    await connected();
    await withBroker(async (connection) => {
      const channel = await connection.createChannel();
      await channel.assertQueue('notifications.info', { durable: false });
      await channel.bindQueue('notifications.info', 'nova', 'notifications.info');
      await tell(connection, 'nova', 'notifications.info', 'compute.instance.update', {
        instance_id: 'both',
      });
      await eventually(
        () => heard,
        (all) => all.some(({ objectId }) => objectId === 'both'),
      );
      expect(await channel.get('notifications.info')).not.toBe(false);
      await channel.deleteQueue('notifications.info');
    });
  });

  it('passes over what is no notification', async () => {
    listen(['nova']);
    await connected();
    await withBroker(async (connection) => {
      const channel = await connection.createChannel();
      for (const body of ['', 'nonsense', '{"oslo.message": "{"}', '[]'])
        channel.publish('nova', 'notifications.info', Buffer.from(body));
      await channel.close();
      await tell(connection, 'nova', 'notifications.info', 'compute.instance.update', {
        instance_id: 'after',
      });
    });
    await eventually(
      () => heard,
      (all) => all.some(({ objectId }) => objectId === 'after'),
    );
    expect(heard).toEqual([{ kind: 'server', objectId: 'after' }]);
  });

  it('comes back by itself when the broker was away', async () => {
    listen(['nova']);
    await connected();
    await broker.stop();
    await eventually(
      () => states.at(-1)?.kind,
      (kind) => kind === 'lost',
    );
    broker = await startRabbitmq({ folder, cacheDir, port: broker.port });
    await eventually(
      () => states.at(-1)?.kind,
      (kind) => kind !== 'lost',
      60_000,
    );
    // An exchange that is not durable went with the broker.
    await withBroker((connection) => tell(connection, 'nova', 'notifications.info', 'warm.up', {}));
    await connected();
    await withBroker((connection) =>
      tell(connection, 'nova', 'notifications.info', 'compute.instance.delete.end', { instance_id: 'again' }),
    );
    await eventually(
      () => heard,
      (all) => all.some(({ objectId }) => objectId === 'again'),
    );
  });

  it('ends when it is told to, also while the broker is away', async () => {
    listener = new NotificationListener({
      url: 'amqp://nobody:here@127.0.0.1:9/',
      exchanges: ['nova'],
      topics: TOPICS,
      name: 'test',
      heard: () => undefined,
      state: () => undefined,
      times: TIMES,
    });
    listener.start();
    await listener.stop();
  });
});
