import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CredentialCipher } from '@ultron/cluster/credential/credential-cipher';
import { startRabbitmq, type PrivateRabbitmq } from '@ultron/dev/datastores/rabbitmq';
import { readDevConfig } from '@ultron/dev/dev.config';
import { newId } from '@ultron/kernel/id';
import { metrics } from '@ultron/platform/metrics/metrics';
import { ClusterPlaces } from '@ultron/reconcile/cluster-place.repository';
import { NotificationSourceRepository } from '@ultron/reconcile/notification-source/notification-source.repository';
import { NotificationSourceService } from '@ultron/reconcile/notification-source/notification-source.service';
import { RefreshRequestRepository } from '@ultron/sync/refresh/refresh-request.repository';
import { RefreshService } from '@ultron/sync/refresh/refresh.service';
import { eventually } from '@ultron/testing/world/eventually';
import { connect } from 'amqplib';
import { openComputeWorld, type ComputeWorld } from '../compute/compute-world.fixture.js';
import { NotificationWork } from './notification.work.js';

jest.setTimeout(180_000);

const { cacheDir } = readDevConfig();
const TIMES = { firstPause: 50, lastPause: 500, collect: 20, lookAgain: 100 };

let world: ComputeWorld;
let folder: string;
let broker: PrivateRabbitmq;
let service: NotificationSourceService;
let clusterId: string;
const sources = new NotificationSourceRepository();

beforeAll(async () => {
  world = await openComputeWorld([{ name: 'one', release: 'zed' }]);
  clusterId = world.clusterIds.get('one') ?? '';
  folder = await mkdtemp(join(tmpdir(), 'ultron-rabbit-'));
  broker = await startRabbitmq({ folder, cacheDir });
  const cipher = new CredentialCipher([Buffer.alloc(32, 7)]);
  service = new NotificationSourceService(world.database, sources, new ClusterPlaces(), cipher);
}, 400_000);
afterAll(async () => {
  await broker.stop();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

function conductor(): { id: string; work: NotificationWork } {
  const id = newId();
  const { database, log } = world;
  const refreshes = new RefreshService(database, new RefreshRequestRepository());
  const parts = { database, log, sources, service, refreshes, conductorId: id, conductorGroup: 'default' };
  return { id, work: new NotificationWork({ ...parts, lookMs: 200, times: TIMES }) };
}

async function tell(eventType: string, payload: object): Promise<void> {
  const connection = await connect(broker.url);
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange('nova', 'topic', { durable: false });
  const body = { event_type: eventType, payload, message_id: 'm', publisher_id: 'p', priority: 'INFO' };
  const envelope = { 'oslo.version': '2.0', 'oslo.message': JSON.stringify(body) };
  channel.publish('nova', 'notifications.info', Buffer.from(JSON.stringify(envelope)));
  await channel.waitForConfirms();
  await connection.close();
}

const asked = (objectId: string) =>
  eventually(
    () =>
      world.database.read.query<{ kind: string; pending: number }[]>(
        'SELECT kind, pending FROM refresh_request WHERE cluster_id = ? AND object_id = ?',
        [clusterId, objectId],
      ),
    (rows) => rows.length === 1,
  );

describe('listening to a cluster', () => {
  it('has what is told read sooner, by one conductor, and by another when that one ends', async () => {
    await tell('warm.up', {});
    const wish = {
      cluster: 'one',
      url: broker.url,
      exchanges: ['nova'],
      topics: ['notifications.info'],
      enabled: true,
    };
    const { source } = await world.database.transaction((tx) => service.put(tx, wish));
    expect(source.shownUrl).not.toContain(new URL(broker.url).password);
    expect(JSON.stringify(source.sealedUrl)).not.toContain(new URL(broker.url).password);
    const [first, second] = [conductor(), conductor()];
    first.work.start();
    const listened = await eventually(
      () => sources.find(world.database.read, clusterId),
      (row) => row?.connectedSince != null,
    );
    expect(listened?.listenedBy).toBe(first.id);
    second.work.start();
    await tell('compute.instance.update', { instance_id: 'server-1' });
    expect(await asked('server-1')).toEqual([{ kind: 'server', pending: 1 }]);
    await eventually(
      () => sources.find(world.database.read, clusterId),
      (row) => Number(row?.messages) >= 1 && row?.lastMessageAt != null,
    );
    await first.work.stop();
    await eventually(
      () => sources.find(world.database.read, clusterId),
      (row) => row?.listenedBy === second.id && row.connectedSince !== null,
    );
    await tell('compute.instance.delete.end', { instance_id: 'server-2' });
    await asked('server-2');
    await world.database.transaction((tx) => service.remove(tx, clusterId, () => undefined));
    await eventually(
      () => sources.find(world.database.read, clusterId),
      (row) => row === null,
    );
    await second.work.stop();
  });

  it('says what is wrong, and goes on trying', async () => {
    const wish = {
      cluster: 'one',
      url: 'amqp://nobody:x@127.0.0.1:9/',
      exchanges: ['nova'],
      topics: ['a'],
      enabled: true,
    };
    await world.database.transaction((tx) => service.put(tx, wish));
    const { work } = conductor();
    work.start();
    const row = await eventually(
      () => sources.find(world.database.read, clusterId),
      (found) => found?.lastError != null,
    );
    expect(row?.lastError).toContain('ECONNREFUSED');
    await world.database.transaction((tx) => service.put(tx, { ...wish, url: broker.url }));
    await eventually(
      () => sources.find(world.database.read, clusterId),
      (found) => found?.connectedSince != null,
    );
    await work.stop();
  });

  it('shows which exchanges there are not, for the broker alone is heard then', async () => {
    const shown = () => metrics.getSingleMetricAsString('ultron_notification_exchanges_missing');
    const wish = { cluster: 'one', url: broker.url, topics: ['a'], enabled: true };
    await world.database.transaction((tx) => service.put(tx, { ...wish, exchanges: ['nova', 'no-such'] }));
    const { work } = conductor();
    work.start();
    await eventually(shown, (text) => text.includes(`{cluster_id="${clusterId}"} 1`));
    await world.database.transaction((tx) => service.put(tx, { ...wish, exchanges: ['nova'] }));
    await eventually(shown, (text) => text.includes(`{cluster_id="${clusterId}"} 0`));
    await work.stop();
    expect(await shown()).not.toContain(clusterId);
  });

  it('is refused for what is no broker', async () => {
    const wish = { cluster: 'one', url: 'http://broker/', exchanges: ['nova'], topics: ['a'], enabled: true };
    await expect(world.database.transaction((tx) => service.put(tx, wish))).rejects.toMatchObject({
      code: 'notification_url_invalid',
    });
  });
});
