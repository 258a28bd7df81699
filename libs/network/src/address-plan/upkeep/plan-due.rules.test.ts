import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { childAt, formatBlock, parseBlock } from '../block/block.js';
import type { SegmentFacts, SubnetFacts, VpcFacts } from '../plan.facts.js';
import { DEFAULT_PREFIXES as policy } from '../pool/pool.rules.js';
import { infraOf } from '../segment/infra.rules.js';
import { subnetStatus } from '../subnet/subnet.state.js';
import { splitEvenly } from '../subnet/split.rules.js';
import { DEFAULT_FLOOR as floor } from '../supplement/floor.rules.js';
import { decideSupplement } from '../supplement/supplement.rules.js';
import { demandOf, sharers, standingOf, type ClusterStatus } from '../supplement/standing.rules.js';
import { planRooms } from '../usage/plan-room.rules.js';
import { exhaustedInS, fadedRate, lastUseS, rateOf } from '../usage/rate.rules.js';
import { dueIn } from './plan-due.rules.js';

const infra = { realisation: 'routed' as const, dhcpPorts: 1 };
const vpcBlock = parseBlock('10.0.0.0/20', '');
const rateWindowS = 3600;

/** A VPC with one subnet cut evenly; `used` says how many addresses each cluster has handed out. */
function vpcOf(used: Record<string, number>, change: Partial<SubnetFacts> = {}): VpcFacts {
  const block = childAt(vpcBlock, policy.subnet, 0);
  const { deals, spares } = splitEvenly(block, policy, Object.keys(used), 0);
  const segments: SegmentFacts[] = [
    ...deals.map(({ clusterId, block: at }): SegmentFacts => {
      const own = infraOf(infra, block, at).length;
      const held = own + (used[clusterId] ?? 0);
      const id = formatBlock(at);
      return { id, subnetId: 'n', block: at, clusterId, state: 'active', infra: own, held };
    }),
    ...spares.map((at): SegmentFacts => ({
      ...{
        id: formatBlock(at),
        subnetId: 'n',
        block: at,
        clusterId: null,
        state: 'spare',
        infra: 0,
        held: 0,
      },
    })),
  ];
  const subnet = { id: 'n', idcId: 'idc', slot: 0, block, segments, ...change };
  return { id: 'vpc', block: vpcBlock, policy, infra, idcIds: ['idc'], subnets: [subnet] };
}
const cluster = (clusterId: string, change = {}) => ({ clusterId, eligible: true, idcId: 'idc', ...change });
const due = (vpc: VpcFacts, clusters: ReturnType<typeof cluster>[]) =>
  dueIn({ vpc, clusters, floor, rateWindowS }).map(({ kind, clusterId }) => `${kind} ${clusterId}`);

describe('what is due in a VPC', () => {
  it('is nothing where all have what they need', () => {
    expect(due(vpcOf({ a: 10, b: 0 }), [cluster('a'), cluster('b')])).toEqual([]);
  });

  it('is a supplement to the high-water mark for who is below the low-water mark, before it refuses anyone', () => {
    const vpc = vpcOf({ a: 221, b: 0 });
    expect(dueIn({ vpc, clusters: [cluster('a'), cluster('b')], floor, rateWindowS })).toEqual([
      { kind: 'low_water', vpcId: 'vpc', idcId: 'idc', clusterId: 'a', need: 64 },
    ]);
    expect(due(vpcOf({ a: 220, b: 0 }), [cluster('a'), cluster('b')])).toEqual([]);
  });

  it('is nothing for a cluster without room for servers, until it has some again', () => {
    expect(due(vpcOf({ a: 250, b: 0 }), [cluster('a', { eligible: false }), cluster('b')])).toEqual([]);
    expect(due(vpcOf({ b: 0 }), [cluster('a', { eligible: false }), cluster('b')])).toEqual([]);
    expect(due(vpcOf({ b: 0 }), [cluster('a'), cluster('b')])).toEqual(['newcomer a']);
  });

  it('is to take back what is held by a cluster that left the IDC', () => {
    expect(due(vpcOf({ a: 3, b: 0 }), [cluster('a', { idcId: 'elsewhere' }), cluster('b')])).toEqual([
      'leaver a',
    ]);
    expect(due(vpcOf({ a: 3, b: 0 }), [cluster('a', { leaving: true }), cluster('b')])).toEqual(['leaver a']);
    const gone = vpcOf({ a: 3, b: 0 });
    for (const one of gone.subnets[0]?.segments ?? []) if (one.clusterId === 'a') one.state = 'draining';
    expect(due(gone, [cluster('b')])).toEqual([]);
  });

  it('is nothing in a subnet that is being deleted', () => {
    expect(due(vpcOf({ a: 250 }, { deleting: true }), [cluster('a'), cluster('b')])).toEqual([]);
  });
});

describe('a supplement at the low-water mark', () => {
  const ask = (used: number) => {
    const vpc = vpcOf({ a: 240, b: used, c: 250, d: 250 });
    for (const one of vpc.subnets[0]?.segments ?? []) if (one.clusterId === 'b') one.state = 'draining';
    const demands = ['a', 'b', 'c', 'd'].map((id) => cluster(id));
    const question = { vpc, floor, idcId: 'idc', clusterId: 'a', need: 64, urgent: false, demands };
    return decideSupplement({ ...question, sharing: 'hold_back' }).kind;
  };
  it('waits for a segment that comes back, but not for one in which servers still are', () => {
    expect(ask(0)).toBe('reclaiming');
    expect(ask(3)).toBe('new_subnet');
  });
});

describe('the room that the scheduler is told of', () => {
  const demand = fc.record({ used: fc.nat(124), eligible: fc.boolean() });
  it('is what a supplement really brings: a need within it is never left short', () => {
    const all = fc.tuple(
      fc.array(demand, { minLength: 1, maxLength: 8 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom('all' as const, 'hold_back' as const),
    );
    fc.assert(
      fc.property(all, ([clusters, share, sharing]) => {
        const used = Object.fromEntries(clusters.map((one, i) => [`c${i}`, one.used]));
        const vpc = { ...vpcOf(used), sharing };
        const demands = clusters.map(({ eligible }, i) =>
          cluster(`c${i}`, { eligible: eligible || i === 0 }),
        );
        const rooms = planRooms({ vpc, floor, rateWindowS, clusters: demands });
        const room = rooms.find(({ clusterId }) => clusterId === 'c0');
        if (!room) throw new RangeError('every cluster of the IDC has a room');
        const need = room.free + room.coming + Math.floor(room.replenishable * share);
        const question = { vpc, sharing, floor, idcId: 'idc', clusterId: 'c0', need, urgent: true, demands };
        expect(decideSupplement(question).short).toBe(0);
      }),
    );
  });

  it('is that of the subnet alone where only its addresses are of use', () => {
    const vpc = { ...vpcOf({ a: 0, b: 0, c: 0, d: 0 }), sharing: 'all' as const };
    const clusters = ['a', 'b', 'c', 'd'].map((id) => cluster(id));
    const of = (subnetId?: string) =>
      planRooms({ vpc, subnetId, floor, rateWindowS, clusters }).find((one) => one.clusterId === 'a');
    expect(of('n')).toMatchObject({ free: 252, replenishable: 0 });
    expect(of()).toMatchObject({ free: 252, replenishable: 1008 });
  });
});

describe('a cluster', () => {
  const some = { hosts: 2, observedAt: new Date(0), promised: { servers: 0, vcpus: 0, ramMb: 0, diskGb: 0 } };
  const size = (vcpus: number) => ({ vcpus, ramMb: vcpus * 1024, diskGb: vcpus });
  const status = (change: Partial<ClusterStatus> = {}): ClusterStatus => ({
    ...{ clusterId: 'a', idcId: 'idc', state: 'enabled', probe: 'ok', outages: 0 },
    capacity: { ...some, total: size(8), used: size(4) },
    ...change,
  });
  it.each([
    [{}, 'eligible'],
    [{ state: 'draining' as const }, 'out'],
    [{ outages: 5 }, 'away'],
    [{ probe: 'pending' }, 'away'],
    [{ capacity: null }, 'away'],
    [{ capacity: { ...some, total: size(8), used: size(8) } }, 'full'],
    [{ capacity: { ...some, hosts: 0, total: size(0), used: size(0) } }, 'full'],
  ])('that is %j is %s', (change, standing) => {
    expect(standingOf(status(change))).toBe(standing);
  });

  it('that is full is given addresses for what is bound to it, and no part of a subnet', () => {
    const full = status({ capacity: { ...some, total: size(8), used: size(8) } });
    expect(demandOf(full)).toEqual({ clusterId: 'a', eligible: false });
    expect(demandOf(full, ['a'])).toEqual({ clusterId: 'a', eligible: true });
    expect(sharers([full, status({ clusterId: 'b', outages: 9 }), status({ clusterId: 'c' })])).toEqual([
      'b',
      'c',
    ]);
  });
});

describe('a rate', () => {
  it('fades, sums over segments, and says when the free addresses are used up', () => {
    expect(fadedRate(10, 0, 3600)).toBe(10);
    expect(fadedRate(10, 3600, 3600)).toBeCloseTo(10 / Math.E);
    const [one] = vpcOf({ a: 0 }).subnets[0]?.segments ?? [];
    if (!one) throw new RangeError('there is a segment');
    expect(rateOf([{ ...one, rate: 1, usedS: 0 }, { ...one, rate: 2, usedS: 0 }, one], 3600)).toBe(3);
    expect(exhaustedInS(100, 0.5)).toBe(200);
    expect(exhaustedInS(100, 1e-9)).toBeNull();
    expect(lastUseS([{ ...one, usedS: 9 }, { ...one, usedS: 4 }, one])).toBe(4);
    expect(lastUseS([one])).toBeNull();
  });
});

describe('a subnet', () => {
  it('is what its segments are', () => {
    expect(subnetStatus(false, ['active', 'spare', 'draining'])).toBe('active');
    expect(subnetStatus(false, ['active', 'creating'])).toBe('building');
    expect(subnetStatus(false, ['error', 'creating', 'active'])).toBe('degraded');
    expect(subnetStatus(true, ['error'])).toBe('deleting');
  });
});
