import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { databaseTime } from '@ultron/platform/database/database-time';
import type { SyncKind } from '../kind/sync-kind.js';
import { RefreshRequestRepository } from '../refresh/refresh-request.repository.js';
import { RefreshService } from '../refresh/refresh.service.js';
import {
  FakeCluster,
  openSyncWorld,
  thing,
  until,
  type FakeContext,
  type SyncWorld,
} from './engine.fixture.js';
import { laneProbe } from './lane-probe.fixture.js';
import type { PassCall } from './sync-engine.options.js';

let world: SyncWorld;
let cluster: FakeCluster;
beforeEach(async () => {
  world = await openSyncWorld();
  cluster = new FakeCluster();
}, 60_000);
afterEach(() => world.close());

const requests = new RefreshRequestRepository();
const { objects, lane, set, firstPass } = laneProbe(() => ({ world, cluster }));
const service = () => new RefreshService(world.database, requests);
const idOf = (index: number) => `o${String(index).padStart(6, '0')}`;
const server = (of = cluster) => ({ clusterId: of.id, kind: 'server' });

const begin = async (kinds: SyncKind<FakeContext>[] = [thing('server')], clusters = [cluster]) => {
  world.engine(clusters, { kinds }).start();
  await firstPass();
  await set('next_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY');
};

/** Somebody who wants the same again and again, until it is told to stop. */
function wanting(objectId: string) {
  let stopped = false;
  const work = (async () => {
    while (!stopped) {
      await requests.want(world.database.read, [{ ...server(), objectId }]);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return async () => {
    stopped = true;
    await work;
  };
}

describe('whoever waits', () => {
  it('is served though others want the same object all the time', async () => {
    cluster.fill(5);
    await begin();
    cluster.delayMs = 60;
    const stop = wanting(idOf(1));
    const result = await service().object(server(), idOf(1), 4_000);
    await stop();
    expect(result).toMatchObject({ unserved: [], served: [{ outcome: 'found' }] });
  });

  it('is served though others want the same lane all the time', async () => {
    cluster.fill(5);
    await begin();
    await set('fresh_at = UTC_TIMESTAMP(6) - INTERVAL 1 HOUR');
    cluster.delayMs = 60;
    const stop = wanting('');
    const result = await service().lanes([server()], 1_000, 4_000);
    await stop();
    expect(result).toMatchObject({ unserved: [], served: [{ outcome: 'read' }] });
  });

  it('for an object does not wait behind offline work, which what nobody waits for is', async () => {
    cluster.fill(5);
    const calls: (boolean | undefined)[] = [];
    const open = async (_: string, { signal, waitedFor }: PassCall) => {
      calls.push(waitedFor);
      return { cluster, signal };
    };
    world.engine([cluster], { open }).start();
    await firstPass();
    await set('next_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY');
    calls.length = 0;
    await service().object(server(), idOf(1), 4_000);
    expect(calls).toEqual([true]);
    for (const id of [idOf(1), idOf(2)]) {
      await service().sooner(world.database.read, [{ ...server(), objectId: id }]);
    }
    await until(() => calls.length === 3, 'both');
    expect(calls).toEqual([true, false, false]);
  });

  it('is not served by what was read before', async () => {
    cluster.fill(5);
    await begin();
    await service().object(server(), idOf(1), 4_000);
    const now = await databaseTime(world.database.read);
    expect(await requests.done(world.database.read, [{ ...server(), objectId: idOf(1) }], now)).toEqual([]);
  });
});

describe('a cluster of which much is wanted', () => {
  it('does not keep those from being read who want little of another', async () => {
    const other = new FakeCluster();
    for (const each of [cluster, other]) each.fill(100);
    await begin([thing('server'), thing('port')], [cluster, other]);
    await until(async () => (await lane('port'))['full_at'] instanceof Date, 'its ports');
    await world.database.read.query('UPDATE lane SET next_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY');
    cluster.hangs = true;
    const many = (kind: string) =>
      Array.from({ length: 100 }, (_, index) => ({ clusterId: cluster.id, kind, objectId: idOf(index) }));
    await service().sooner(world.database.read, many('server'));
    await service().sooner(world.database.read, many('port'));
    const result = await service().object(server(other), idOf(3), 5_000);
    expect(result).toMatchObject({ unserved: [], served: [{ outcome: 'found' }] });
  });

  it('has its lane read instead of more than a hundred objects, however they came together', async () => {
    cluster.fill(300);
    await begin();
    for (let index = 0; index < 300; index++) cluster.put(idOf(index), 'SHUTOFF');
    cluster.delayMs = 100;
    for (let from = 0; from < 300; from += 50) {
      const some = Array.from({ length: 50 }, (_, index) => ({ ...server(), objectId: idOf(from + index) }));
      await service().sooner(world.database.read, some);
    }
    await until(
      async () => [...(await objects()).values()].every(({ status }) => status === 'SHUTOFF'),
      'all of them',
      5_000,
    );
    await until(async () => {
      const [row] = await world.database.read.query<{ pending: string }[]>(
        'SELECT COUNT(*) AS pending FROM refresh_request WHERE pending = 1',
      );
      return Number(row?.pending) === 0;
    }, 'the end of all wishes');
    expect(cluster.calls.find).toBeLessThan(250);
  });
});

describe('a lane that is wanted', () => {
  const wanted = async () => {
    await requests.want(world.database.read, [{ ...server(), objectId: '' }]);
    await until(async () => (await lane())['asked_for'] === 'changes', 'the wish');
  };
  const dueInMs = async () => {
    const [row] = await world.database.read.query<{ ms: string }[]>(
      'SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), next_due_at) / 1000 AS ms FROM lane',
    );
    return Number(row?.ms);
  };

  it('rests as long as its last pass has earned', async () => {
    cluster.fill(5);
    await begin();
    await set('changes_at = UTC_TIMESTAMP(6) - INTERVAL 5 SECOND, changes_ms = 5000');
    await wanted();
    expect(await dueInMs()).toBeGreaterThan(7_000);
    expect(await dueInMs()).toBeLessThan(10_100);
  });

  it('is not tried again before its backoff is over', async () => {
    cluster.fill(5);
    await begin();
    await set(`last_outcome = 'failed', failures = 3, next_due_at = UTC_TIMESTAMP(6) + INTERVAL 40 SECOND`);
    await wanted();
    expect(await dueInMs()).toBeGreaterThan(30_000);
  });

  it.each(['paused', 'resting'])('is not read while it is %s, and says so at once', async (column) => {
    cluster.fill(5);
    await begin();
    // The census would say otherwise of a cluster that is there.
    if (column === 'resting') {
      cluster.resting = true;
      await until(async () => (await lane())['resting'] === 1, 'the rest');
    } else await set('paused = 1');
    await set('fresh_at = UTC_TIMESTAMP(6) - INTERVAL 1 HOUR');
    const calls = { ...cluster.calls };
    const refused = { unserved: [], served: [{ outcome: 'failed', fault: { code: 'lane_at_rest' } }] };
    expect(await service().object(server(), idOf(1), 4_000)).toMatchObject(refused);
    expect(await service().lanes([server()], 1_000, 4_000)).toMatchObject(refused);
    expect(cluster.calls).toEqual(calls);
  });
});
