import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@ultron/dev/test-datastores';
import type { FaultRecord } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import type { Database } from '@ultron/platform/database/database.service';
import { migrate } from '@ultron/platform/database/migrate';
import { openDatabase } from '@ultron/platform/database/open-database';
import { select } from '@ultron/platform/database/statement';
import { addressPlanEntities } from './address-plan.entities.js';
import { realisationMigrations } from '../realisation/realisation.migrations.js';
import { addressPlanMigrations } from './address-plan.migrations.js';
import { addressesExhausted } from './supplement/supplement.faults.js';
import { AddressPlanFixture } from './testing/address-plan.fixture.js';
import { EXPECTED, fillHotCluster } from './testing/strategy-table.js';

jest.setTimeout(120_000);

const planMigrations = [...addressPlanMigrations, ...realisationMigrations];
let data: TestDatabase;
let database: Database;
let fixture: AddressPlanFixture;

beforeAll(async () => {
  data = await testDatabase();
  const options = { url: data.url, entities: addressPlanEntities, migrations: planMigrations };
  await migrate(options);
  database = await openDatabase({ ...options, poolSize: 12 });
  fixture = new AddressPlanFixture(database, { coolDownS: 0 });
});
afterAll(async () => {
  await database.close();
  await data.drop();
});

let nextPool = 0;
/** A default VPC of a pool of its own, whose subnet is built in its clusters. */
async function builtVpc(clusters: number) {
  const vpc = await fixture.newVpc(`10.${nextPool++}.0.0/16`, clusters);
  const { vpcId, idcId, clusterIds } = vpc;
  const subnetId = newId();
  await fixture.plan.createSubnet({ id: subnetId, vpcId, idcId, clusterIds });
  await fixture.build(vpcId);
  const demands = clusterIds.map((clusterId) => ({ clusterId, eligible: true }));
  const hot = clusterIds[0] ?? '';
  const ask = (count: number, change = {}) =>
    fixture.addresses.allocate({ reservationId: newId(), vpcId, clusterId: hot, count, ...change });
  const supplement = (need: number, change = {}) =>
    fixture.supplements.supplement({
      id: newId(),
      vpcId,
      idcId,
      clusterId: hot,
      need,
      urgent: true,
      demands,
      ...change,
    });
  const segments = async () =>
    (await fixture.plans.get(database.read, vpcId)).subnets.flatMap((subnet) => subnet.segments);
  return { ...vpc, subnetId, hot, demands, ask, supplement, segments };
}

const faultOf = async (work: Promise<unknown>): Promise<Partial<FaultRecord>> =>
  work.then(
    () => ({}),
    (error: { toRecord(): FaultRecord }) => error.toRecord(),
  );

describe('pools', () => {
  it('warn of public space, and are made once under one id', async () => {
    const command = { id: newId(), name: 'default' };
    const made = await fixture.plan.createPool(command);
    expect(made).toMatchObject({ cidr: '11.0.0.0/8', prefixes: { vpc: 20, subnet: 22, segment: 25 } });
    expect(made.warnings).toHaveLength(1);
    expect(await fixture.plan.createPool(command)).toEqual(made);
    expect(await faultOf(fixture.plan.createPool({ ...command, name: 'other' }))).toMatchObject({
      code: 'id_already_used',
    });
  });

  it('never overlap, whoever makes them at once', async () => {
    const made = await Promise.allSettled(
      ['172.16.0.0/16', '172.16.0.0/17', '172.16.128.0/17', '172.16.0.0/18'].map((cidr) =>
        fixture.plan.createPool({ id: newId(), name: cidr, cidr }),
      ),
    );
    const rows = await select<{ name: string }>(
      database.read,
      "SELECT name FROM address_pool WHERE name LIKE '172.16.%' ORDER BY name",
    );
    const names = rows.map(({ name }) => name);
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(names.length);
    const disjoint = [
      ['172.16.0.0/16'],
      ['172.16.0.0/17', '172.16.128.0/17'],
      ['172.16.0.0/18', '172.16.128.0/17'],
    ];
    expect([...disjoint, ['172.16.0.0/17'], ['172.16.128.0/17'], ['172.16.0.0/18']]).toContainEqual(names);
    for (const one of made) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'address_pool_overlaps' });
    }
  });

  it('say when their name is taken and when they are used up', async () => {
    const poolId = newId();
    await fixture.plan.createPool({ id: poolId, name: 'tiny', cidr: '172.20.0.0/19' });
    expect(
      await faultOf(fixture.plan.createPool({ id: newId(), name: 'tiny', cidr: '172.21.0.0/19' })),
    ).toMatchObject({ code: 'address_pool_name_taken' });
    const vpcs = await Promise.all([1, 2].map(() => fixture.addVpc(poolId)));
    expect(new Set(vpcs).size).toBe(2);
    expect(await faultOf(fixture.addVpc(poolId))).toMatchObject({
      code: 'address_pool_exhausted',
      category: 'conflict',
    });
    expect(await faultOf(fixture.addVpc(newId()))).toMatchObject({ code: 'address_pool_not_found' });
  });
});

describe('subnets', () => {
  it('are made once under one id, and refused without clusters or with too many', async () => {
    const { vpcId, idcId, clusterIds } = await fixture.newVpc('10.200.0.0/16', 5);
    const command = { id: newId(), vpcId, idcId, clusterIds };
    const made = await fixture.plan.createSubnet(command);
    expect(made.dealt).toHaveLength(5);
    expect(await fixture.plan.createSubnet(command)).toEqual({ ...made, dealt: [] });
    const other = { ...command, id: newId() };
    expect(await faultOf(fixture.plan.createSubnet({ ...other, clusterIds: [] }))).toMatchObject({
      code: 'idc_without_clusters',
    });
    const many = Array.from({ length: 9 }, () => newId());
    expect(await faultOf(fixture.plan.createSubnet({ ...other, clusterIds: many }))).toMatchObject({
      code: 'too_many_clusters',
    });
  });

  it('leave a slot for every IDC that the VPC is meant for, until it is given up', async () => {
    const [east, west] = [newId(), newId()];
    const { vpcId, clusterIds } = await fixture.newVpc('10.201.0.0/16', 2, { idcIds: [east, west] });
    const make = (idcId: string) => fixture.plan.createSubnet({ id: newId(), vpcId, idcId, clusterIds });
    for (let i = 0; i < 3; i++) await make(east);
    expect(await faultOf(make(east))).toMatchObject({ code: 'vpc_slots_exhausted', kept_for: [west] });
    await fixture.plan.giveUpSlot(vpcId, west);
    await make(east);
    expect(await faultOf(make(west))).toMatchObject({ code: 'vpc_slots_exhausted', kept_for: [] });
  });
});

describe('addresses', () => {
  it('are exact, all or the fewest that are of use, and the same for one reservation', async () => {
    const { ask, subnetId } = await builtVpc(2);
    const reservationId = newId();
    const first = await ask(3, { reservationId });
    expect(first.addresses.map(({ address }) => address.split('.').slice(2).join('.'))).toEqual([
      '0.3',
      '0.4',
      '0.5',
    ]);
    expect(first.addresses.every((one) => one.subnetId === subnetId)).toBe(true);
    expect(await ask(3, { reservationId })).toEqual(first);
    expect(await faultOf(ask(250))).toMatchObject({ code: 'cluster_addresses_exhausted', free: 249 });
    expect((await ask(250, { minCount: 1 })).addresses).toHaveLength(249);
    expect(await faultOf(ask(1))).toMatchObject({ free: 0, needed: 1 });
    expect(await faultOf(ask(0))).toMatchObject({ code: 'address_count_invalid' });
  });

  it('that are named are given when they are free and in a segment of the cluster', async () => {
    const { ask, segments } = await builtVpc(2);
    const [own, other] = await segments();
    const at = (segment: typeof own, last: number) => {
      if (!segment) throw new Error('there are two segments');
      const value = Number(segment.block.base) + last;
      return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
    };
    const fixed = [at(own, 77), at(own, 9)];
    const got = await ask(2, { fixed });
    expect(got.addresses.map(({ address }) => address)).toEqual(fixed);
    expect(await faultOf(ask(1, { fixed: [at(own, 9)] }))).toMatchObject({ code: 'fixed_address_taken' });
    expect(await faultOf(ask(1, { fixed: [at(own, 1)] }))).toMatchObject({ code: 'fixed_address_taken' });
    expect(await faultOf(ask(1, { fixed: [at(other, 9)] }))).toMatchObject({ code: 'fixed_address_outside' });
    expect(await faultOf(ask(2, { fixed: [at(own, 5)] }))).toMatchObject({ code: 'fixed_addresses_count' });
  });

  it('are reserved, bound, cool and free again, by the time of the database', async () => {
    const quick = new AddressPlanFixture(database, { reservationS: 0, coolingS: 0 });
    const { vpcId, hot, ask } = await builtVpc(3);
    const reservationId = newId();
    const { addresses } = await ask(2, { reservationId });
    const bindings = addresses.map(({ address }) => ({ reservationId, address, portId: newId() }));
    await fixture.addresses.confirm(bindings);
    await fixture.addresses.confirm(bindings);
    const [stolen] = bindings.map((one) => ({ ...one, portId: newId() }));
    expect(await faultOf(fixture.addresses.confirm(stolen ? [stolen] : []))).toMatchObject({
      code: 'address_reservation_lost',
    });
    const of = async () => {
      const { clusters } = await fixture.usage.usage(vpcId);
      const usage = clusters.find(({ clusterId }) => clusterId === hot);
      return usage && [usage.reserved, usage.bound, usage.cooling, usage.free];
    };
    expect(await of()).toEqual([0, 2, 0, 250]);
    await quick.addresses.release([reservationId], [addresses[0]?.address ?? '']);
    expect(await of()).toEqual([0, 1, 1, 250]);
    expect(await fixture.addresses.expire()).toEqual({ lapsed: 0, freed: 1 });
    expect(await of()).toEqual([0, 1, 0, 251]);
    // A reservation that lapses cools first; one that was never used is free at once.
    const unused = newId();
    await ask(5, { reservationId: unused });
    expect(await fixture.addresses.giveBackUnused([unused])).toBe(5);
    const lapsing = newId();
    await quick.addresses.allocate({ reservationId: lapsing, vpcId, clusterId: hot, count: 4 });
    expect(await fixture.addresses.renew([lapsing])).toBe(4);
    expect(await fixture.addresses.expire()).toEqual({ lapsed: 0, freed: 0 });
    expect(await quick.addresses.renew([lapsing])).toBe(4);
    expect(await fixture.addresses.expire()).toEqual({ lapsed: 4, freed: 0 });
    expect(await of()).toEqual([0, 1, 4, 247]);
    expect(await fixture.addresses.renew([lapsing])).toBe(0);
  });

  it('of a hundred reservations cost as many statements as of one', async () => {
    const { vpcId, hot } = await builtVpc(2);
    const count = async (requests: number) => {
      let statements = 0;
      await database.transaction(async (tx) => {
        const counting = Object.create(tx) as typeof tx;
        counting.query = (...args: Parameters<typeof tx.query>) => {
          statements += 1;
          return tx.query(...args);
        };
        const outcomes = await fixture.allocation.allocate(
          counting,
          Array.from({ length: requests }, () => ({
            reservationId: newId(),
            vpcId,
            clusterId: hot,
            count: 1,
          })),
        );
        expect(outcomes.every(({ ok }) => ok)).toBe(true);
      });
      return statements;
    };
    expect([await count(1), await count(100)]).toEqual([6, 6]);
  });
});

describe('a cluster that runs out', () => {
  it('is supplemented once, however many ask at once', async () => {
    const { vpcId, ask, supplement } = await builtVpc(4);
    await ask(252);
    const refused = await Promise.all(Array.from({ length: 100 }, () => faultOf(ask(1))));
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['cluster_addresses_exhausted']));
    const outcomes = await Promise.all(refused.map(() => supplement(1)));
    const kinds = Map.groupBy(outcomes, ({ kind }) => kind);
    expect([kinds.get('new_subnet')?.length, kinds.get('coming')?.length]).toEqual([1, 99]);
    await fixture.build(vpcId);
    const served = await Promise.all(refused.map(() => ask(1)));
    const all = served.flatMap(({ addresses }) => addresses.map(({ address }) => address));
    expect(new Set(all).size).toBe(100);
    expect((await fixture.plans.get(database.read, vpcId)).subnets).toHaveLength(2);
    expect(await fixture.usage.usage(vpcId)).toMatchObject({ supplements: 1 });
  });

  it('gets the same answer when it asks again with the same id', async () => {
    const { ask, supplement, segments } = await builtVpc(5);
    await ask(124);
    const id = newId();
    const outcome = await supplement(1, { id });
    expect(outcome).toMatchObject({ kind: 'spare', short: 0 });
    const before = await segments();
    expect(await supplement(1, { id })).toEqual(outcome);
    expect(await segments()).toEqual(before);
    expect(await faultOf(supplement(1, { id, clusterId: newId() }))).toMatchObject({
      code: 'id_already_used',
    });
  });

  it('is told where addresses are when there are none for it, and what is being done', async () => {
    const { vpcId, idcId, clusterIds, ask, supplement, demands, segments } = await builtVpc(4);
    for (let i = 0; i < 3; i++) {
      await fixture.plan.createSubnet({ id: newId(), vpcId, idcId, clusterIds });
    }
    await fixture.build(vpcId);
    await ask(1008);
    const outcome = await supplement(300);
    expect(outcome).toMatchObject({ kind: 'exhausted', short: 300 });
    expect(outcome.draining).toHaveLength(2);
    expect(addressesExhausted(outcome).toRecord()).toMatchObject({
      code: 'vpc_addresses_exhausted',
      retryable: true,
      missing: 300,
    });
    expect(outcome.freeElsewhere.map(({ free }) => free)).toEqual([1008, 1008, 1008]);
    // What was drained comes back, and goes to the one that asked.
    for (const id of outcome.draining) await fixture.segments.drained(id);
    await database.read.query(
      'UPDATE segment SET quarantined_until = UTC_TIMESTAMP(6) WHERE quarantined_until > 0',
    );
    expect(await fixture.segments.endQuarantines()).toBe(2);
    expect((await segments()).filter(({ state }) => state === 'spare')).toHaveLength(2);
    expect(await supplement(300)).toMatchObject({ kind: 'spare', short: 0 });
    const unable = demands.map((demand) => ({ ...demand, eligible: false }));
    expect(await faultOf(supplement(3000, { demands: unable }))).toMatchObject({
      code: 'cluster_not_eligible',
    });
  });
});

describe('clusters and segments', () => {
  it('a new cluster gets a spare unit, then half of what another does not need', async () => {
    const { vpcId, idcId, demands } = await builtVpc(3);
    const add = (id: string) => fixture.segments.addCluster({ vpcId, idcId, clusterId: id, demands });
    const newcomers = [newId(), newId(), newId()];
    const [first = '', second = '', third = ''] = newcomers;
    expect(await add(first)).toMatchObject({ kind: 'spare', dealt: [{ clusterId: first }] });
    expect(await add(first)).toMatchObject({ kind: 'has_some' });
    expect(await add(second)).toMatchObject({ kind: 'spare' });
    const halved = await add(third);
    expect(halved).toMatchObject({ kind: 'halve', dealt: [{ clusterId: demands[0]?.clusterId }] });
    const [half = ''] = halved.draining;
    await fixture.segments.drained(half);
    await database.read.query('UPDATE segment SET quarantined_until = UTC_TIMESTAMP(6) WHERE id = ?', [half]);
    await fixture.segments.endQuarantines();
    expect(await add(third)).toMatchObject({ kind: 'spare', dealt: [{ clusterId: third }] });
  });

  it('a cluster that is retired gives back what is not built and drains the rest, once it is empty', async () => {
    const { vpcId, idcId, clusterIds, hot, ask, segments } = await builtVpc(4);
    await fixture.plan.createSubnet({ id: newId(), vpcId, idcId, clusterIds });
    const reservationId = newId();
    await ask(2, { reservationId });
    const retired = await fixture.segments.retireCluster(vpcId, hot);
    expect(retired).toMatchObject({ stillHeld: 2 });
    expect([retired.givenBack.length, retired.draining.length]).toEqual([1, 1]);
    expect(await faultOf(ask(1))).toMatchObject({ code: 'cluster_addresses_exhausted' });
    const [draining = ''] = retired.draining;
    expect(await faultOf(fixture.segments.drained(draining))).toMatchObject({
      code: 'segment_in_use',
      held: 2,
    });
    expect(await faultOf(fixture.segments.fail(draining))).toMatchObject({ code: 'segment_state_conflict' });
    await fixture.addresses.giveBackUnused([reservationId]);
    await fixture.segments.drained(draining);
    const states = (await segments()).filter(({ clusterId }) => clusterId === hot).map(({ state }) => state);
    expect(states).toEqual(['quarantined']);
  });

  it('what nobody needs is taken back, down to twice the floor', async () => {
    const { vpcId, idcId, clusterIds, demands, segments } = await builtVpc(4);
    await fixture.plan.createSubnet({ id: newId(), vpcId, idcId, clusterIds });
    await fixture.build(vpcId);
    const { draining, dealt } = await fixture.supplements.reclaim(vpcId, idcId, demands);
    // Of 504 free addresses each keeps 124: one segment goes whole, the other by half.
    expect([draining.length, dealt.length]).toEqual([8, 4]);
    expect((await segments()).filter(({ state }) => state === 'reserved')).toHaveLength(4);
    const { strandedRatio } = await fixture.usage.usage(vpcId);
    expect(strandedRatio).toBe(0);
  });

  it('free addresses where nothing was placed for a day are stranded', async () => {
    const { vpcId, hot, ask } = await builtVpc(4);
    await ask(52);
    const usage = await fixture.usage.usage(vpcId);
    expect(usage.strandedRatio).toBeCloseTo(756 / 956, 5);
    expect(usage.clusters.find(({ clusterId }) => clusterId === hot)).toMatchObject({
      free: 200,
      infra: 4,
      reserved: 52,
      idle: false,
    });
  });
});

describe('what the hot cluster can hold in a VPC', () => {
  it.each(EXPECTED.map((row) => [...row] as [number, number, number, number]))(
    'among %i clusters: %i cut evenly, %i with spares, %i with directed supplements',
    async (n, a, b, c) => {
      const poolId = newId();
      await fixture.plan.createPool({ id: poolId, name: `table ${n}`, cidr: `100.${64 + n}.0.0/16` });
      const held: number[] = [];
      for (const strategy of ['A', 'B', 'C'] as const) {
        held.push(await fillHotCluster(fixture, poolId, n, strategy));
      }
      expect(held).toEqual([a, b, c]);
    },
  );
});
