import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lessAddresses } from './address-room.rules.js';
import { clusterFacts, placementRequest, vpcAddresses } from './facts.fixture.js';
import { computeRoomOf } from './filters.rules.js';
import type { PlacementPolicy, PlacementRequest } from './placement.js';
import { decide, noClusterFits, worthLocking } from './scheduler.rules.js';

const IDS = ['a', 'b', 'c', 'd'];
const three = [clusterFacts('a', 100), clusterFacts('b', 100), clusterFacts('c', 100)];
const asked = (count: number, changes: Partial<PlacementRequest>) => placementRequest(count, IDS, changes);
const chosenOf = (request: PlacementRequest, clusters = three) =>
  Object.fromEntries(decide(request, clusters).chosen);

describe('addresses in a placement', () => {
  it('refuse a cluster that has none and can be dealt none, with the numbers', () => {
    const request = asked(4, { addresses: [vpcAddresses({ a: 10, b: 0 })] });
    const { explain, refused } = decide(request, three);
    expect(refused).toBe(false);
    expect(explain.clusters.map((one) => one.refused)).toEqual([
      undefined,
      {
        filter: 'addresses',
        detail: 'has no free address of VPC prod, and can be dealt none',
        numbers: {
          addresses_free: 0,
          addresses_coming: 0,
          addresses_replenishable: 0,
          addresses_needed: 1,
        },
      },
      expect.objectContaining({ filter: 'addresses' }),
    ]);
    expect(worthLocking(request, three)).toEqual(['a']);
  });

  it('bound the room beside the hosts', () => {
    const addresses = [vpcAddresses({ a: 3, b: 500, c: 2 })];
    const few = [clusterFacts('a', 100), clusterFacts('b', 4), clusterFacts('c', 100)];
    const { explain, refused } = decide(asked(10, { addresses }), few);
    expect(explain.clusters.map(({ room }) => room)).toEqual([3, 4, 2]);
    expect(refused).toBe(true);
    expect(noClusterFits(explain).message).toContain('9 would fit');
  });

  it('weigh by their share, so that those of all clusters come to their end together', () => {
    const addresses = [vpcAddresses({ a: 60, b: 30, c: 10 })];
    const { chosen, explain } = decide(asked(50, { addresses }), three);
    expect(Object.fromEntries(chosen)).toEqual({ a: 30, b: 15, c: 5 });
    expect(explain.clusters.map(({ weights }) => weights?.free_addresses)).toEqual([0.6, 0.3, 0.1]);
    expect(explain.clusters[0]?.addresses).toEqual([
      { of: 'VPC prod', free: 60, coming: 0, replenishable: 0, per_server: 1 },
    ]);
  });

  it('are dealt anew only when those that are there do not suffice, and to few clusters', () => {
    const addresses = [vpcAddresses({ a: 4, b: 4, c: 4 }, { stock: 124 })];
    expect(decide(asked(12, { addresses }), three).explain.clusters.some((one) => one.replenish)).toBe(false);
    const { chosen, explain } = decide(asked(30, { addresses }), three);
    expect(Object.fromEntries(chosen)).toEqual({ a: 22, b: 4, c: 4 });
    expect(explain.clusters.map(({ replenish }) => replenish)).toEqual([18, undefined, undefined]);
  });

  it('are not dealt out of one stock twice', () => {
    const addresses = [vpcAddresses({ a: 0, b: 0, c: 0 }, { stock: 50 })];
    expect(decide(asked(51, { addresses }), three)).toMatchObject({ refused: true, explain: { room: 50 } });
    expect(chosenOf(asked(50, { addresses }))).toEqual({ a: 50 });
  });

  it('of several networks all have to be there', () => {
    const addresses = [
      vpcAddresses({ a: 9, b: 9 }, { perServer: 2 }),
      { ...vpcAddresses({ b: 3 }), name: 'VPC lab', scopes: ['vpc-lab'] },
    ];
    const { chosen, explain } = decide(asked(3, { addresses }), three);
    expect(Object.fromEntries(chosen)).toEqual({ b: 3 });
    expect(explain.clusters[0]?.refused?.detail).toBe(
      'has no free address of VPC lab, and can be dealt none',
    );
  });

  it('below the low water are kept from preemptible servers, and nothing is dealt for them', () => {
    const addresses = [vpcAddresses({ a: 40, b: 32 }, { lowWater: 32, stock: 124, coming: 20 })];
    const { explain, refused } = decide(asked(9, { addresses, preemptible: true }), three);
    expect(refused).toBe(true);
    expect(explain).toMatchObject({ room: 8, preemptible: true });
    expect(explain.clusters[1]?.refused).toMatchObject({
      filter: 'addresses',
      detail: expect.stringContaining('low-water mark'),
      numbers: { addresses_free: 32, addresses_low_water: 32 },
    });
    expect(chosenOf(asked(8, { addresses, preemptible: true }))).toEqual({ a: 8 });
  });

  it('that others of the batch took are not there for the next', () => {
    const request = asked(1, { addresses: [vpcAddresses({ a: 3, b: 3 }, { coming: 2, stock: 10 })] });
    const spent = [{ scopes: ['vpc-prod'], clusterId: 'a', count: 9 }];
    const [left] = lessAddresses(request, spent).addresses ?? [];
    expect([...(left?.clusters.values() ?? [])]).toEqual([
      expect.objectContaining({ free: 0, coming: 0, replenishable: 6 }),
      expect.objectContaining({ free: 3, coming: 2, replenishable: 6 }),
    ]);
    const other = [{ scopes: ['vpc-other'], clusterId: 'a', count: 9 }];
    expect(lessAddresses(request, other)).toEqual(request);
  });
});

describe('a pin', () => {
  const pin = (clusterId: string) => ({ clusterId, reason: `11.0.0.${clusterId} belongs to it` });
  const pins = new Map([
    ['server-0', pin('a')],
    ['server-1', pin('b')],
    ['server-2', pin('a')],
  ]);

  it('binds its server to the cluster, and refuses the others with the reason', () => {
    const { chosen, explain } = decide(asked(3, { pins }), three);
    expect(Object.fromEntries(chosen)).toEqual({ a: 2, b: 1 });
    expect(explain.clusters[0]?.pinned).toEqual({ servers: 2, reasons: ['11.0.0.a belongs to it'] });
    expect(explain.clusters[2]?.refused).toEqual({
      filter: 'pin',
      detail: 'is not the one that the servers are bound to (11.0.0.a belongs to it, 11.0.0.b belongs to it)',
    });
  });

  it('refuses the request when that cluster has no room, however much the others have', () => {
    const full = [clusterFacts('a', 1), clusterFacts('b', 100), clusterFacts('c', 100)];
    expect(decide(asked(3, { pins }), full)).toMatchObject({ refused: true, explain: { room: 2 } });
    expect(chosenOf(asked(3, { pins, minCount: 2 }), full)).toEqual({ a: 1, b: 1 });
  });
});

const rooms = fc.record({
  free: fc.nat(60),
  coming: fc.nat(30),
  known: fc.boolean(),
  vcpus: fc.nat(60),
});
const scene = fc.record({
  drawn: fc.array(rooms, { minLength: 1, maxLength: 5 }),
  stock: fc.nat(80),
  lowWater: fc.nat(20),
  perServer: fc.integer({ min: 1, max: 3 }),
  count: fc.integer({ min: 1, max: 100 }),
  minShare: fc.double({ min: 0.01, max: 1, noNaN: true }),
  preemptible: fc.boolean(),
  policy: fc.constantFrom<PlacementPolicy>('spread', 'pack'),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

function play({ drawn, stock, lowWater, perServer, count, minShare, preemptible, policy }: Scene) {
  const clusters = drawn.map((one, index) => clusterFacts(String(index), one.vcpus));
  const ids = clusters.map(({ id }) => id);
  const needed = {
    ...vpcAddresses({}, { perServer }),
    clusters: new Map(
      drawn.flatMap(({ free, coming, known }, index) =>
        known
          ? [[String(index), { free, coming, replenishable: stock, stock: 'idc-a', lowWater }] as const]
          : [],
      ),
    ),
  };
  const minCount = Math.max(1, Math.ceil(count * minShare));
  const placement = { policy };
  const request = placementRequest(count, ids, { addresses: [needed], minCount, preemptible, placement });
  return { request, clusters, needed, decision: decide(request, clusters) };
}

const ownOf = ({ preemptible, lowWater }: Scene, room?: { free: number; coming: number }) => {
  if (!room) return 0;
  return preemptible ? Math.max(0, room.free - lowWater) : room.free + room.coming;
};

describe('laws of the placement with addresses', () => {
  it('gives no cluster more than its hosts and its addresses bear, nor more of the stock than there is', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const { request, clusters, needed, decision } = play(drawn);
        let dealt = 0;
        for (const cluster of clusters) {
          const given = decision.chosen.get(cluster.id) ?? 0;
          expect(given).toBeLessThanOrEqual(computeRoomOf(request, cluster));
          const own = ownOf(drawn, needed.clusters.get(cluster.id));
          dealt += Math.max(0, given * drawn.perServer - own);
          if (!needed.clusters.has(cluster.id)) expect(given).toBe(0);
        }
        expect(dealt).toBeLessThanOrEqual(drawn.preemptible ? 0 : drawn.stock);
      }),
    );
  });

  it('places all that fits, or at least the least number, or refuses', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const { request, decision } = play(drawn);
        const sum = [...decision.chosen.values()].reduce((a, b) => a + b, 0);
        const { room } = decision.explain;
        expect(decision.refused).toBe(room < (request.minCount ?? 0));
        expect(sum).toBe(decision.refused ? 0 : Math.min(drawn.count, room));
      }),
    );
  });

  it('deals nothing anew while what is there suffices', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const { request, clusters, needed, decision } = play(drawn);
        const present = clusters.reduce((sum, cluster) => {
          const own = Math.floor(ownOf(drawn, needed.clusters.get(cluster.id)) / drawn.perServer);
          return sum + Math.min(computeRoomOf(request, cluster), own);
        }, 0);
        const replenished = decision.explain.clusters.reduce((sum, one) => sum + (one.replenish ?? 0), 0);
        const placed = decision.refused ? 0 : Math.min(drawn.count, decision.explain.room);
        expect(replenished).toBe(Math.max(0, placed - present));
      }),
    );
  });

  it('never refuses because a cluster has more addresses', () => {
    fc.assert(
      fc.property(scene, fc.nat(4), fc.integer({ min: 1, max: 40 }), (drawn, at, more) => {
        if (play(drawn).decision.refused) return;
        const grown = drawn.drawn.map((one, index) =>
          index === at ? { ...one, free: one.free + more } : one,
        );
        expect(play({ ...drawn, drawn: grown }).decision.refused).toBe(false);
      }),
    );
  });

  it('decides the same whatever the order of the clusters', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const { request, clusters, decision } = play(drawn);
        const sorted = (all: Map<string, number>) => [...all].toSorted(([a], [b]) => (a < b ? -1 : 1));
        expect(sorted(decide(request, clusters.toReversed()).chosen)).toEqual(sorted(decision.chosen));
      }),
    );
  });
});
