import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@ultron/dev/test-datastores';
import type { FaultRecord } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import type { Database } from '@ultron/platform/database/database.service';
import { migrate } from '@ultron/platform/database/migrate';
import { openDatabase } from '@ultron/platform/database/open-database';
import { change } from '@ultron/platform/database/statement';
import { realisationMigrations } from '../realisation/realisation.migrations.js';
import { addressPlanEntities } from './address-plan.entities.js';
import { addressPlanMigrations } from './address-plan.migrations.js';
import { roomOf, segmentsIn } from './plan.facts.js';
import { AddressPlanFixture } from './testing/address-plan.fixture.js';

jest.setTimeout(120_000);

let data: TestDatabase;
let database: Database;
let fixture: AddressPlanFixture;

beforeAll(async () => {
  data = await testDatabase();
  const migrations = [...addressPlanMigrations, ...realisationMigrations];
  const options = { url: data.url, entities: addressPlanEntities, migrations };
  await migrate(options);
  database = await openDatabase({ ...options, poolSize: 12 });
  fixture = new AddressPlanFixture(database, { coolDownS: 0 });
});
afterAll(async () => {
  await database.close();
  await data.drop();
});

let nextPool = 0;
/** A default VPC of a pool of its own with one subnet, built or not. */
async function newVpc(clusters: number, built = true) {
  const vpc = await fixture.newVpc(`10.${nextPool++}.0.0/16`, clusters);
  const { vpcId, idcId, clusterIds } = vpc;
  const subnetId = newId();
  await fixture.plan.createSubnet({ id: subnetId, vpcId, idcId, clusterIds });
  if (built) await fixture.build(vpcId);
  const demands = clusterIds.map((clusterId) => ({ clusterId, eligible: true }));
  const [hot = '', other = ''] = clusterIds;
  const ask = (count: number, change = {}) =>
    fixture.addresses.allocate({ reservationId: newId(), vpcId, clusterId: hot, count, ...change });
  const supplement = (need: number, change = {}) =>
    fixture.supplements.supplement({
      ...{ id: newId(), vpcId, idcId, clusterId: hot, need, urgent: true, demands },
      ...change,
    });
  const plan = () => fixture.plans.get(database.read, vpcId);
  const roomIn = async (clusterId: string) => roomOf(segmentsIn(await plan(), idcId), clusterId);
  return { ...vpc, subnetId, hot, other, demands, ask, supplement, plan, roomIn };
}

const faultOf = async (work: Promise<unknown>): Promise<Partial<FaultRecord>> =>
  work.then(
    () => ({}),
    (error: { toRecord(): FaultRecord }) => error.toRecord(),
  );

describe('segments that are being built', () => {
  it('give addresses to those who can wait, after the active ones, and say so', async () => {
    const { ask, hot, vpcId } = await newVpc(5, false);
    expect(await faultOf(ask(1))).toMatchObject({ code: 'cluster_addresses_exhausted' });
    const early = await ask(2, { coming: true });
    expect(early.addresses.map(({ segmentState }) => segmentState)).toEqual(['reserved', 'reserved']);
    expect(early.left).toBe(0);
    const [segmentId = ''] = early.addresses.map((one) => one.segmentId);
    expect(await faultOf(fixture.segments.giveBack(segmentId))).toMatchObject({ code: 'segment_in_use' });
    const retired = await fixture.segments.retireCluster(vpcId, hot);
    expect(retired).toEqual({ givenBack: [], draining: [segmentId], stillHeld: 2 });
  });
});

describe('ports of others', () => {
  it('take their addresses out of the plan until they are gone', async () => {
    const { ask, hot, other, vpcId, plan } = await newVpc(2);
    const [mine] = (await ask(1)).addresses;
    const taken = { vpcId, clusterId: hot, purpose: 'foreign' as const, portId: 'theirs' };
    const next = mine?.address.replace(/\d+$/, (last) => String(Number(last) + 1)) ?? '';
    expect(await fixture.withdrawal.takeOut({ ...taken, address: next })).toBe('taken_out');
    expect(await fixture.withdrawal.takeOut({ ...taken, address: next })).toBe('already');
    expect(await fixture.withdrawal.takeOut({ ...taken, address: mine?.address ?? '' })).toBe('held');
    const gateway = next.replace(/\d+$/, '1');
    expect(await fixture.withdrawal.takeOut({ ...taken, address: gateway })).toBe('own');
    expect(await fixture.withdrawal.takeOut({ ...taken, clusterId: other, address: next })).toBe('outside');
    expect((await ask(5)).addresses.map(({ address }) => address)).not.toContain(next);
    expect(await faultOf(ask(1, { fixed: [next] }))).toMatchObject({ code: 'fixed_address_taken' });
    // Such a segment is not empty, so it is never taken back from its cluster.
    const segment = (await plan()).subnets[0]?.segments.find(({ clusterId }) => clusterId === hot);
    expect((segment?.held ?? 0) - (segment?.infra ?? 0)).toBe(7);
    expect(await fixture.withdrawal.takenOut(database.read, hot)).toEqual([
      { vpcId, address: next, purpose: 'foreign', portId: 'theirs' },
    ]);
    expect(await fixture.withdrawal.putBack({ vpcId, address: next })).toBe(true);
    expect(await fixture.withdrawal.putBack({ vpcId, address: next })).toBe(false);
    expect(await faultOf(ask(1, { fixed: [next] }))).toMatchObject({ code: 'fixed_address_taken' });
    await change(database.read, "UPDATE address SET expires_at = UTC_TIMESTAMP(6) WHERE state = 'cooling'");
    await fixture.addresses.expire();
    expect((await ask(1, { fixed: [next] })).addresses).toHaveLength(1);
  });
});

describe('a quota', () => {
  it('limits what the servers of a project hold, however many ask at once', async () => {
    const { ask, hot, vpcId, plan } = await newVpc(1);
    const { projectId } = await plan();
    await fixture.quotas.set(database.read, { projectId, addresses: 25 });
    const asked = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        // A process of its own each, so that they meet in the database.
        new AddressPlanFixture(database).addresses.allocate({
          ...{ reservationId: newId(), vpcId, clusterId: hot, count: 4 },
        }),
      ),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
    expect(await faultOf(ask(2))).toMatchObject({
      code: 'address_quota_exceeded',
      category: 'quota',
      limit: 25,
      left: 1,
    });
    expect((await ask(9, { minCount: 1 })).addresses).toHaveLength(1);
    await fixture.quotas.set(database.read, { projectId, addresses: null });
    expect((await ask(9)).addresses).toHaveLength(9);
  });
});

describe('preemptible requests', () => {
  it('leave the low water alone', async () => {
    const { ask } = await newVpc(5);
    // 124 addresses, of which 32 are for those that stay.
    expect((await ask(200, { preemptible: true, minCount: 1 })).addresses).toHaveLength(92);
    expect(await faultOf(ask(1, { preemptible: true }))).toMatchObject({
      code: 'cluster_addresses_low',
      low_water: 32,
    });
    expect((await ask(32)).addresses).toHaveLength(32);
  });
});

describe('clusters that wait', () => {
  it('are served in the order in which they came, when something comes back', async () => {
    const { vpcId, idcId, supplement, hot, other, demands, ask, roomIn } = await newVpc(8);
    for (let i = 0; i < 3; i++)
      await fixture.plan.createSubnet({
        ...{ id: newId(), vpcId, idcId, clusterIds: demands.map((one) => one.clusterId) },
      });
    await fixture.build(vpcId);
    // All are in use, so nothing can be taken back from anyone.
    for (const { clusterId } of demands) await ask(400, { clusterId });
    expect(await supplement(200)).toMatchObject({ kind: 'exhausted', short: 104 });
    expect(await supplement(200, { clusterId: other })).toMatchObject({ kind: 'exhausted' });
    const third = demands[2]?.clusterId ?? '';
    const freed = (await fixture.plans.get(database.read, vpcId)).subnets[3]?.segments.find(
      ({ clusterId }) => clusterId === third,
    );
    await change(database.read, 'DELETE FROM address WHERE segment_id = ? AND state <> ?', [
      freed?.id,
      'infra',
    ]);
    await change(database.read, 'UPDATE segment SET held = infra WHERE id = ?', [freed?.id]);
    await fixture.segments.drain(freed?.id ?? '');
    await fixture.segments.drained(freed?.id ?? '');
    await change(database.read, 'UPDATE segment SET quarantined_until = UTC_TIMESTAMP(6) WHERE id = ?', [
      freed?.id,
    ]);
    expect(await fixture.segments.endQuarantines()).toBe(1);
    // The third asks now, but the first came before it.
    const late = await supplement(200, { clusterId: third });
    expect(late.dealt.map(({ clusterId }) => clusterId)).toEqual([hot]);
    expect((await roomIn(hot)).coming).toBe(124);
    const line = await fixture.supplements.waiting(10);
    expect(line).toContainEqual({ vpcId, idcId });
  });
});

describe('what was just dealt', () => {
  it('is not taken back while nobody waits', async () => {
    const { vpcId, idcId, demands, plan } = await newVpc(2);
    const steady = new AddressPlanFixture(database, { coolDownS: 600 });
    expect(await steady.supplements.reclaim(vpcId, idcId, demands)).toEqual({ draining: [], dealt: [] });
    await change(
      database.read,
      'UPDATE segment SET dealt_at = UTC_TIMESTAMP(6) - INTERVAL 601 SECOND WHERE vpc_id = ?',
      [vpcId],
    );
    expect((await steady.supplements.reclaim(vpcId, idcId, demands)).draining).not.toEqual([]);
    expect((await plan()).subnets).toHaveLength(1);
  });
});

describe('deletion', () => {
  it('is refused with the list of what is left', async () => {
    const { ask, vpcId, subnetId, poolId } = await newVpc(1);
    const { reservationId, addresses } = await ask(2);
    const [first] = addresses;
    await fixture.addresses.confirm([{ reservationId, address: first?.address ?? '', portId: 'port-1' }]);
    const lock = () => database.transaction((tx) => fixture.deletion.lockUnusedSubnetIn(tx, subnetId));
    expect(await faultOf(lock())).toMatchObject({
      code: 'subnet_in_use',
      category: 'conflict',
      more: false,
      addresses: [
        { address: first?.address, state: 'bound', port_id: 'port-1' },
        { state: 'reserved', port_id: null },
      ],
    });
    expect(
      await faultOf(database.transaction((tx) => fixture.deletion.lockEmptyVpcIn(tx, vpcId))),
    ).toMatchObject({ code: 'vpc_in_use', subnets: [subnetId] });
    expect(await faultOf(fixture.deletion.deletePool(poolId))).toMatchObject({
      code: 'address_pool_in_use',
      vpcs: [vpcId],
    });
    await fixture.addresses.release([reservationId]);
    expect((await lock()).id).toBe(vpcId);
  });

  it('of a pool leaves room for another, and slots of deleted VPCs are used again when all are used up', async () => {
    const poolId = newId();
    await fixture.plan.createPool({ id: poolId, name: poolId, cidr: '172.30.0.0/19' });
    const [first] = [await fixture.addVpc(poolId), await fixture.addVpc(poolId)];
    expect(await faultOf(fixture.addVpc(poolId))).toMatchObject({ code: 'address_pool_exhausted' });
    await change(database.read, 'DELETE FROM vpc WHERE id = ?', [first]);
    const again = await fixture.addVpc(poolId);
    expect((await fixture.plans.get(database.read, again)).block.base).toBe(0xac1e0000n);
    await change(database.read, 'DELETE FROM vpc WHERE pool_id = ?', [poolId]);
    await fixture.deletion.deletePool(poolId);
    await fixture.plan.createPool({ id: newId(), name: 'other', cidr: '172.30.0.0/18' });
  });
});
