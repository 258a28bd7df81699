import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import type { Database } from '@ultron/platform/database/database.service';
import { openDatabase } from '@ultron/platform/database/open-database';
import { CapacityRepository } from '../capacity/capacity.repository.js';
import { clusterEntities } from '../cluster.entities.js';
import { addCluster, roomFor, type TestRegistry, testRegistry } from '../testing/registry.fixture.js';
import { smallFlavor } from './facts.fixture.js';
import { FactsRepository } from './facts.repository.js';
import type { PlacementRequest } from './placement.js';
import { type Placed, SchedulerService } from './scheduler.service.js';

const capacities = new CapacityRepository();
const newScheduler = () => new SchedulerService(capacities, new FactsRepository());
const newIds = (count: number) => Array.from({ length: count }, () => newId());

let registry: TestRegistry;
let database: Database;
beforeAll(async () => {
  registry = await testRegistry();
  ({ database } = registry);
}, 300_000);
afterAll(() => registry.close());
afterEach(async () => {
  expect(await countersThatAreNotTheSums()).toEqual([]);
  for (const table of ['capacity_reservation', 'placement_failure', 'cluster']) {
    await database.read.query(`DELETE FROM ${table}`);
  }
});

const request = (
  clusterIds: string[],
  count = 1,
  changes: Partial<PlacementRequest> = {},
): PlacementRequest => ({
  serverIds: newIds(count),
  flavor: smallFlavor(clusterIds),
  ...changes,
});

async function place(...requests: PlacementRequest[]): Promise<(Placed | Fault)[]> {
  return database.transaction((tx) => newScheduler().placeMany(tx, requests));
}

const placed = (outcome: Placed | Fault | undefined): Placed => {
  if (!outcome || outcome instanceof Fault) throw outcome ?? new Error('no outcome');
  return outcome;
};

/** The law of the promised counters, over all clusters. */
async function countersThatAreNotTheSums(): Promise<unknown[]> {
  return database.read.query(
    `SELECT p.cluster_id FROM cluster_capacity p LEFT JOIN capacity_reservation r ON r.cluster_id = p.cluster_id
     GROUP BY p.cluster_id, p.promised_servers, p.promised_vcpus, p.promised_ram_mb, p.promised_disk_gb
     HAVING p.promised_servers <> COUNT(r.server_id) OR p.promised_vcpus <> COALESCE(SUM(r.vcpus), 0)
         OR p.promised_ram_mb <> COALESCE(SUM(r.ram_mb), 0) OR p.promised_disk_gb <> COALESCE(SUM(r.disk_gb), 0)`,
  );
}

const promisedIn = async (clusterId: string) =>
  (await capacities.read(database.read, [clusterId])).get(clusterId)?.promised.servers;

describe('placeMany', () => {
  it('reserves what it places, each request against what the earlier ones left', async () => {
    const cluster = await addCluster(registry, 'one', roomFor(5));
    const outcomes = await place(request([cluster], 3), request([cluster], 3), request([cluster], 2));
    expect(placed(outcomes[0]).assignments).toHaveLength(3);
    expect(outcomes[1]).toMatchObject({ code: 'no_cluster_fits', extra: { explain: { room: 2 } } });
    expect(placed(outcomes[2]).assignments[0]).toMatchObject({
      clusterId: cluster,
      conductorGroup: 'default',
    });
    expect(await promisedIn(cluster)).toBe(5);
  });

  it('spreads a batch over clusters and gives every server one place', async () => {
    const ids = [
      await addCluster(registry, 'a', roomFor(50)),
      await addCluster(registry, 'b', roomFor(50)),
      await addCluster(registry, 'c', roomFor(50)),
    ];
    const asked = request(ids, 20);
    const [outcome] = await place(asked);
    const { assignments } = placed(outcome);
    expect(assignments.map((one) => one.serverId)).toEqual(asked.serverIds);
    expect(await Promise.all(ids.map(promisedIn))).toEqual([7, 7, 6]);
  });

  it('places the first ones when fewer will do', async () => {
    const cluster = await addCluster(registry, 'small', roomFor(2));
    const asked = request([cluster], 5, { minCount: 1 });
    const { assignments, explain } = placed((await place(asked))[0]);
    expect(assignments.map((one) => one.serverId)).toEqual(asked.serverIds.slice(0, 2));
    expect(explain).toMatchObject({ count: 5, min_count: 1, room: 2 });
  });

  it('reserves nothing for who is refused or names an unknown cluster', async () => {
    const cluster = await addCluster(registry, 'one', roomFor(5));
    const outcomes = await place(
      request([cluster], 6),
      request([cluster], 1, { placement: { clusters: ['elsewhere'] } }),
    );
    expect(outcomes).toMatchObject([{ code: 'no_cluster_fits' }, { code: 'unknown_cluster' }]);
    expect(await promisedIn(cluster)).toBe(0);
  });

  it('refuses only on fresh facts: a cluster enabled a moment ago is found', async () => {
    const cluster = await addCluster(registry, 'one', roomFor(5));
    const scheduler = newScheduler();
    const once = () => database.transaction((tx) => scheduler.placeMany(tx, [request([cluster])]));
    await database.read.query(`UPDATE cluster SET state = 'maintenance' WHERE id = ?`, [cluster]);
    expect((await once())[0]).toBeInstanceOf(Fault);
    await database.read.query(`UPDATE cluster SET state = 'enabled' WHERE id = ?`, [cluster]);
    expect((await once())[0]).not.toBeInstanceOf(Fault);
  });

  it('prefers clusters without recent failures', async () => {
    const [a, b] = [
      await addCluster(registry, 'a', roomFor(50)),
      await addCluster(registry, 'b', roomFor(50)),
    ];
    await database.transaction((tx) => newScheduler().recordFailure(tx, a, newId(), 'NoValidHost'));
    await database.transaction((tx) => newScheduler().recordFailure(tx, a, newId(), 'NoValidHost'));
    await place(request([a, b], 30));
    expect([await promisedIn(a), await promisedIn(b)]).toEqual([10, 20]);
  });

  it('gives 50 callers at once from two processes exactly the 30 places there are', async () => {
    const [a, b] = [
      await addCluster(registry, 'a', roomFor(20)),
      await addCluster(registry, 'b', roomFor(10)),
    ];
    const other = await openDatabase({ url: registry.url, entities: clusterEntities });
    const schedulers = [newScheduler(), newScheduler()] as const;
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const [db, scheduler] =
          index % 2 ? ([database, schedulers[0]] as const) : ([other, schedulers[1]] as const);
        const [outcome] = await db.transaction((tx) => scheduler.placeMany(tx, [request([a, b])]));
        return outcome instanceof Fault ? outcome.code : 'placed';
      }),
    );
    await other.close();
    expect(outcomes.filter((outcome) => outcome === 'placed')).toHaveLength(30);
    expect(outcomes.filter((outcome) => outcome === 'no_cluster_fits')).toHaveLength(20);
    expect([await promisedIn(a), await promisedIn(b)]).toEqual([20, 10]);
  }, 60_000);
});

describe('plan', () => {
  it('tells what would be done and reserves nothing', async () => {
    const cluster = await addCluster(registry, 'one', roomFor(5));
    const outcome = await newScheduler().plan(database.read, request([cluster], 2));
    expect(placed(outcome).assignments).toHaveLength(2);
    expect(await promisedIn(cluster)).toBe(0);
  });
});

describe('reservations', () => {
  it('are given back by release, once', async () => {
    const cluster = await addCluster(registry, 'one', roomFor(5));
    const asked = request([cluster], 3);
    await place(asked);
    for (let again = 0; again < 2; again++) {
      await database.transaction((tx) => newScheduler().release(tx, asked.serverIds.slice(0, 2)));
      expect(await promisedIn(cluster)).toBe(1);
    }
  });

  it('move to another cluster', async () => {
    const [a, b] = [await addCluster(registry, 'a', roomFor(5)), await addCluster(registry, 'b', roomFor(5))];
    const [serverId = ''] = newIds(1);
    await place({ ...request([a]), serverIds: [serverId] });
    await database.transaction((tx) => newScheduler().move(tx, serverId, b));
    expect([await promisedIn(a), await promisedIn(b)]).toEqual([0, 1]);
  });

  it('move elsewhere when a server is placed anew, and are given back when nothing fits', async () => {
    const [a, b] = [await addCluster(registry, 'a', roomFor(5)), await addCluster(registry, 'b', roomFor(1))];
    const asked = request([a, b], 1, { placement: { clusters: ['a'] } });
    await place(asked);
    const anew = (exclude: string[]) =>
      database.transaction((tx) => newScheduler().placeAnew(tx, { ...asked, placement: {}, exclude }));
    expect(placed(await anew([a])).assignments).toMatchObject([{ clusterId: b }]);
    expect([await promisedIn(a), await promisedIn(b)]).toEqual([0, 1]);
    // Its own place is free for it while it is placed anew.
    expect(placed(await anew([a])).assignments).toMatchObject([{ clusterId: b }]);
    expect(await anew([a, b])).toMatchObject({ code: 'no_cluster_fits' });
    expect([await promisedIn(a), await promisedIn(b)]).toEqual([0, 0]);
  });

  it('move elsewhere while others are placed, without a deadlock that is seen', async () => {
    const ids = [await addCluster(registry, 'a', roomFor(30)), await addCluster(registry, 'b', roomFor(30))];
    const scheduler = newScheduler();
    const life = async (index: number) => {
      const asked = request(ids);
      await database.transaction((tx) => scheduler.placeMany(tx, [asked]));
      const exclude = [ids[index % 2] ?? ''];
      return database.transaction((tx) => scheduler.placeAnew(tx, { ...asked, exclude }));
    };
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, index) => life(index)));
    expect(outcomes.filter((outcome) => outcome instanceof Fault)).toEqual([]);
    expect((await Promise.all(ids.map(promisedIn))).reduce((sum = 0, count = 0) => sum + count, 0)).toBe(40);
  });

  it('end with the first observation that began after they were settled', async () => {
    const cluster = await addCluster(registry, 'one', roomFor(5));
    const asked = request([cluster], 2);
    await place(asked);
    const [settled = ''] = asked.serverIds;
    const before = await now();
    await database.transaction((tx) => newScheduler().settle(tx, [settled]));
    await observe(cluster, before);
    expect(await promisedIn(cluster)).toBe(2);
    await observe(cluster, await now());
    expect(await promisedIn(cluster)).toBe(1);
  });

  it('keep their sums while placing, releasing, moving, settling and observing go on at once', async () => {
    const [a, b] = [
      await addCluster(registry, 'a', roomFor(40)),
      await addCluster(registry, 'b', roomFor(40)),
    ];
    const scheduler = newScheduler();
    const life = async (index: number) => {
      const [serverId = ''] = newIds(1);
      const inTurn = (work: Parameters<Database['transaction']>[0]) => database.transaction(work);
      await inTurn((tx) => scheduler.placeMany(tx, [{ ...request([a, b]), serverIds: [serverId] }]));
      if (index % 3 === 0) await inTurn((tx) => scheduler.move(tx, serverId, index % 2 ? a : b));
      if (index % 4 === 0) await inTurn((tx) => scheduler.settle(tx, [serverId]));
      if (index % 5 === 0) await observe(index % 2 ? a : b, await now());
      if (index % 2 === 0) await inTurn((tx) => scheduler.release(tx, [serverId]));
    };
    await Promise.all(Array.from({ length: 60 }, (_, index) => life(index)));
    expect(await countersThatAreNotTheSums()).toEqual([]);
  }, 60_000);
});

async function now(): Promise<Date> {
  const [row] = await database.read.query<{ now: Date }[]>('SELECT UTC_TIMESTAMP(6) AS now');
  if (!row) throw new Error('no time');
  return row.now;
}

async function observe(clusterId: string, startedAt: Date): Promise<void> {
  const seen = { hosts: 1, servers: 0, total: roomFor(40), used: { vcpus: 0, ramMb: 0, diskGb: 0 } };
  await database.transaction((tx) => capacities.applyObserved(tx, clusterId, seen, startedAt));
}
