import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatBlock, overlaps, parseBlock } from '../block/block.js';
import { freeIn, segmentsIn, type SegmentFacts, type SubnetFacts, type VpcFacts } from '../plan.facts.js';
import { DEFAULT_PREFIXES as policy } from '../pool/pool.rules.js';
import { infraOf, type InfraPolicy } from '../segment/infra.rules.js';
import { splitEvenly } from '../subnet/split.rules.js';
import { childAt } from '../block/block.js';
import type { ClusterDemand } from './floor.rules.js';
import { decideSupplement, type SupplementAnswer, type SupplementQuestion } from './supplement.rules.js';

const infra: InfraPolicy = { realisation: 'routed', dhcpPorts: 1 };
const vpcBlock = parseBlock('10.0.0.0/20', '');
const floor = { leastFree: 32, leadTimeS: 60, horizonS: 3600 };

/** A subnet cut evenly; `used` says how many addresses each cluster has handed out. */
function evenSubnet(slot: number, idcId: string, used: Record<string, number>): SubnetFacts {
  const block = childAt(vpcBlock, 22, slot);
  const id = `subnet-${slot}`;
  const { deals, spares } = splitEvenly(block, policy, Object.keys(used), 0);
  const common = (at: typeof block) => ({ id: `${slot}:${formatBlock(at)}`, subnetId: id, block: at });
  const segments: SegmentFacts[] = [
    ...deals.map(({ clusterId, block: at }) => {
      const own = infraOf(infra, block, at).length;
      const held = own + (used[clusterId] ?? 0);
      return { ...common(at), clusterId, state: 'active' as const, infra: own, held };
    }),
    ...spares.map((at) => ({ ...common(at), clusterId: null, state: 'spare' as const, infra: 0, held: 0 })),
  ];
  return { id, idcId, slot, block, segments };
}

function question(subnets: SubnetFacts[], change: Partial<SupplementQuestion> = {}): SupplementQuestion {
  const clusters = new Set(subnets.flatMap(({ segments }) => segments.map(({ clusterId }) => clusterId)));
  const demands = [...clusters]
    .filter((id) => id !== null)
    .map((clusterId): ClusterDemand => ({ clusterId, eligible: true }));
  const vpc: VpcFacts = { id: 'vpc', block: vpcBlock, policy, infra, idcIds: ['idc'], subnets };
  return {
    vpc,
    sharing: 'hold_back',
    floor,
    idcId: 'idc',
    clusterId: 'hot',
    need: 1,
    urgent: true,
    demands,
    ...change,
  };
}

const cidrs = (answer: SupplementAnswer, clusterId: string) =>
  [...answer.deals, ...(answer.newSubnet?.deals ?? [])]
    .filter((deal) => deal.clusterId === clusterId)
    .map((deal) => formatBlock(deal.block));

describe('a supplement', () => {
  it('is none when the cluster has enough, or a segment is on its way', () => {
    const subnet = evenSubnet(0, 'idc', { hot: 251, b: 0 });
    expect(decideSupplement(question([subnet]))).toMatchObject({ kind: 'enough', deals: [], short: 0 });
    const full = evenSubnet(0, 'idc', { hot: 252, b: 0 });
    const coming = full.segments.find(({ state }) => state === 'spare');
    if (coming) Object.assign(coming, { state: 'creating', clusterId: 'hot', held: 4, infra: 4 });
    expect(decideSupplement(question([full], { need: 252 }))).toMatchObject({ kind: 'coming', short: 0 });
  });

  it('takes a spare first: one unit when that will do, a whole segment rather than two units', () => {
    const five = evenSubnet(0, 'idc', { hot: 124, b: 0, c: 0, d: 0, e: 0 });
    const little = decideSupplement(question([five]));
    expect(little.kind).toBe('spare');
    expect(cidrs(little, 'hot')).toEqual(['10.0.2.128/25']);
    const more = decideSupplement(question([five], { need: 130 }));
    expect(cidrs(more, 'hot')).toEqual(['10.0.3.0/24']);
    const all = decideSupplement(question([five], { need: 300 }));
    expect(cidrs(all, 'hot')).toEqual(['10.0.3.0/24', '10.0.2.128/25']);
    expect(all).toMatchObject({ kind: 'spare', short: 0 });
  });

  it('cuts a spare segment when one unit of it will do', () => {
    const answer = decideSupplement(question([evenSubnet(0, 'idc', { hot: 252, b: 0, c: 0 })]));
    expect(cidrs(answer, 'hot')).toEqual(['10.0.3.0/25']);
    expect(answer.deals[0]?.segmentId).toBe('0:10.0.3.0/24');
  });

  it('makes a new subnet of which the others get their floor first and the rest is held back', () => {
    const full = evenSubnet(0, 'idc', { hot: 252, b: 252, c: 250, d: 0 });
    const answer = decideSupplement(question([full], { need: 200 }));
    expect(answer.kind).toBe('new_subnet');
    expect(answer.newSubnet?.slot).toBe(1);
    expect(cidrs(answer, 'b')).toHaveLength(1);
    expect(cidrs(answer, 'c')).toHaveLength(1);
    expect(cidrs(answer, 'd')).toEqual([]);
    expect(cidrs(answer, 'hot')).toEqual(['10.0.5.0/24']);
    expect(answer.newSubnet?.spares.map(formatBlock)).toEqual(['10.0.6.0/24', '10.0.7.0/24']);
    expect(answer).toMatchObject({ short: 0, belowFloor: [] });
  });

  it('gives the one that asks all the rest where the VPC says so', () => {
    const full = evenSubnet(0, 'idc', { hot: 252, b: 252, c: 0, d: 0 });
    const { newSubnet } = decideSupplement(question([full], { sharing: 'all' }));
    const units = (id: string) =>
      newSubnet?.deals
        .filter(({ clusterId }) => clusterId === id)
        .reduce((sum, { block }) => sum + 2 ** (25 - block.prefix), 0);
    expect([units('hot'), units('b'), newSubnet?.spares]).toEqual([7, 1, []]);
  });

  it('looks ahead as far as the rate of the cluster says', () => {
    const full = evenSubnet(0, 'idc', { hot: 252, b: 0, c: 0, d: 0 });
    const demands = ['hot', 'b', 'c', 'd'].map((clusterId) => ({
      clusterId,
      eligible: true,
      ratePerSecond: clusterId === 'hot' ? 0.1 : 0,
    }));
    // max(1, floor 32) + 360 ahead = 392 addresses: a whole segment and a unit hold 376, two whole ones 504.
    expect(cidrs(decideSupplement(question([full], { demands })), 'hot')).toHaveLength(2);
  });

  it('divides a new subnet max-min between two that are hot at once', () => {
    const full = evenSubnet(0, 'idc', { hot: 252, b: 252, c: 0, d: 0 });
    const demands = ['hot', 'b', 'c', 'd'].map((clusterId) => ({
      clusterId,
      eligible: true,
      waiting: clusterId === 'b' ? 900 : 0,
    }));
    const answer = decideSupplement(question([full], { need: 900, demands }));
    const usable = (id: string) =>
      answer.newSubnet?.deals.filter((deal) => deal.clusterId === id).map(({ block }) => block.prefix);
    expect(usable('hot')).toEqual([24, 24]);
    expect(usable('b')).toEqual([24, 24]);
    expect(answer.short).toBe(900 - 504);
    // b waits for more than its floor, so it is not below that.
    expect(answer.belowFloor).toEqual([]);
  });

  it('gives nothing to a cluster without room for servers, even at zero', () => {
    const full = evenSubnet(0, 'idc', { hot: 252, b: 252, c: 0, d: 0 });
    const demands = ['hot', 'b', 'c', 'd'].map((clusterId) => ({ clusterId, eligible: clusterId !== 'b' }));
    const answer = decideSupplement(question([full], { sharing: 'all', demands }));
    expect(cidrs(answer, 'b')).toEqual([]);
    expect(answer.belowFloor).toEqual([]);
  });

  it('keeps the last slot for an IDC that has no subnet yet, until that is given up', () => {
    const subnets = [0, 1, 2].map((slot) => evenSubnet(slot, 'idc', { hot: 252, b: 0, c: 252, d: 252 }));
    const kept = question(subnets);
    kept.vpc.idcIds = ['idc', 'other'];
    expect(decideSupplement(kept)).toMatchObject({ kind: 'exhausted', keptFor: ['other'], short: 1 });
    expect(decideSupplement(question(subnets)).kind).toBe('new_subnet');
  });

  it('takes back what others do not need when no subnet is left, but not below their floor', () => {
    const subnets = [0, 1, 2, 3].map((slot) =>
      evenSubnet(slot, 'idc', { hot: 252, b: slot === 3 ? 0 : 252, c: slot < 2 ? 252 : 0, d: 252 }),
    );
    const answer = decideSupplement(question(subnets, { need: 600 }));
    expect(answer).toMatchObject({ kind: 'exhausted', short: 600 });
    // c has two empty segments and keeps one of them by half; b's only one is halved.
    expect(answer.reclaim.map(({ clusterId, half }) => [clusterId, half])).toEqual([
      ['c', false],
      ['c', true],
      ['b', true],
    ]);
  });

  it('waits for segments that come back while nobody waits for addresses', () => {
    const subnets = [0, 1].map((slot) => evenSubnet(slot, 'idc', { hot: 240, b: 0, c: 252, d: 252 }));
    const calm = question(subnets, { need: 64, urgent: false });
    const answer = decideSupplement(calm);
    expect(answer).toMatchObject({ kind: 'reclaiming', newSubnet: null });
    expect(answer.reclaim).toHaveLength(1);
    const [taken] = answer.reclaim;
    const segment = segmentsIn(calm.vpc, 'idc').find(({ id }) => id === taken?.segmentId);
    if (segment) segment.state = 'draining';
    expect(decideSupplement(calm)).toMatchObject({ kind: 'reclaiming', reclaim: [] });
    expect(decideSupplement({ ...calm, urgent: true }).kind).toBe('new_subnet');
  });
});

describe('any supplement', () => {
  const cluster = fc.constantFrom('hot', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
  const used = fc.uniqueArray(cluster, { minLength: 1, maxLength: 8 }).chain((names) => {
    const all = [...new Set(['hot', ...names])].slice(0, 8);
    return fc.record(Object.fromEntries(all.map((name) => [name, fc.nat(252)])));
  });
  const anyQuestion = fc
    .record({
      plans: fc.array(used, { minLength: 1, maxLength: 4 }),
      need: fc.integer({ min: 1, max: 1200 }),
      urgent: fc.boolean(),
      sharing: fc.constantFrom('hold_back' as const, 'all' as const),
      waiting: fc.nat(900),
    })
    .map(({ plans, need, urgent, sharing, waiting }) => {
      const [names = {}] = plans;
      const capped = (n: number, most: number) => Math.min(n, most);
      const most = Object.keys(names).length > 4 ? 124 : 252;
      const subnets = plans.map((plan, slot) => {
        const same = Object.keys(names).map((name) => [name, capped(plan[name] ?? 0, most)] as const);
        return evenSubnet(slot, 'idc', Object.fromEntries(same));
      });
      const demands = Object.keys(names).map((clusterId, i) => ({
        clusterId,
        eligible: clusterId === 'hot' || i % 3 !== 2,
        waiting: i === 1 ? waiting : 0,
      }));
      return question(subnets, { need, urgent, sharing, demands });
    });

  it('deals only what is spare, to clusters that may have it, and each piece once', () => {
    fc.assert(
      fc.property(anyQuestion, (asked) => {
        const answer = decideSupplement(asked);
        const spare = segmentsIn(asked.vpc, 'idc').filter(({ state }) => state === 'spare');
        for (const deal of answer.deals) {
          const from = spare.find(({ id }) => id === deal.segmentId);
          expect(from && overlaps(from.block, deal.block)).toBe(true);
        }
        const dealt = [...answer.deals, ...(answer.newSubnet?.deals ?? [])];
        expect(dealt.some((a, i) => dealt.slice(i + 1).some((b) => overlaps(a.block, b.block)))).toBe(false);
        for (const { clusterId } of dealt) {
          expect(asked.demands.find((demand) => demand.clusterId === clusterId)?.eligible).toBe(true);
        }
      }),
    );
  });

  it('leaves no want open while a piece is spare, and says who stays below the floor', () => {
    fc.assert(
      fc.property(anyQuestion, (asked) => {
        const answer = decideSupplement(asked);
        const size = (blocks: { prefix: number }[]) =>
          blocks.reduce((sum, b) => sum + 2 ** (32 - b.prefix), 0);
        const spareBefore = segmentsIn(asked.vpc, 'idc').filter(({ state }) => state === 'spare');
        const left =
          size(spareBefore.map(({ block }) => block)) - size(answer.deals.map(({ block }) => block));
        if (answer.short > 0) expect([left, answer.newSubnet?.spares ?? []]).toEqual([0, []]);
        const unmet = answer.belowFloor.map(({ clusterId }) => clusterId);
        for (const { clusterId, eligible } of asked.demands) {
          const own = segmentsIn(asked.vpc, 'idc').filter(
            (one) => one.clusterId === clusterId && one.state === 'active',
          );
          const got = [...answer.deals, ...(answer.newSubnet?.deals ?? [])].filter(
            (deal) => deal.clusterId === clusterId,
          );
          const room =
            own.reduce((sum, one) => sum + freeIn(one), 0) +
            got.reduce((sum, { block }) => sum + 2 ** (32 - block.prefix) - 4, 0);
          expect(unmet.includes(clusterId)).toBe(eligible && room < 32);
        }
      }),
    );
  });

  it('takes segments back only from those that keep their floor', () => {
    fc.assert(
      fc.property(anyQuestion, (asked) => {
        const answer = decideSupplement(asked);
        const segments = segmentsIn(asked.vpc, 'idc');
        for (const { clusterId, eligible } of asked.demands) {
          const taken = answer.reclaim.filter((one) => one.clusterId === clusterId);
          if (taken.length === 0) continue;
          expect(clusterId).not.toBe('hot');
          const free = segments
            .filter((one) => one.clusterId === clusterId && one.state === 'active')
            .reduce((sum, one) => sum + freeIn(one), 0);
          const lost = taken.map(({ segmentId, half }) => {
            const segment = segments.find(({ id }) => id === segmentId);
            if (!segment) throw new Error('no such segment');
            expect(segment.held).toBe(segment.infra);
            return half ? 128 : freeIn(segment);
          });
          expect(free - lost.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(eligible ? 32 : 0);
        }
      }),
    );
  });
});
