import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { capacityOf, clusterFacts, placementRequest, smallFlavor } from './facts.fixture.js';
import type { ClusterFacts, PlacementPolicy, PlacementRequest } from './placement.js';
import { roomOf } from './filters.rules.js';
import { decide, noClusterFits, unknownClusters } from './scheduler.rules.js';

const IDS = ['a', 'b', 'c', 'd'];
const chosenOf = (request: PlacementRequest, clusters: readonly ClusterFacts[]) =>
  Object.fromEntries(decide(request, clusters).chosen);

describe('decide', () => {
  it('spreads in proportion to what is free', () => {
    const clusters = [clusterFacts('a', 100), clusterFacts('b', 100), clusterFacts('c', 100)];
    expect(chosenOf(placementRequest(20, IDS), clusters)).toEqual({ a: 7, b: 7, c: 6 });
  });

  it('gives a fuller cluster less', () => {
    const half = capacityOf(
      { vcpus: 100, ramMb: 204_800, diskGb: 2000 },
      { vcpus: 50, ramMb: 102_400, diskGb: 1000 },
    );
    const clusters = [clusterFacts('a', 100), clusterFacts('b', 0, { capacity: half })];
    expect(chosenOf(placementRequest(30, IDS), clusters)).toEqual({ a: 20, b: 10 });
  });

  it('gives a cluster that failed lately less', () => {
    const clusters = [clusterFacts('a', 100), clusterFacts('b', 100, { recentFailures: 2 })];
    expect(chosenOf(placementRequest(30, IDS), clusters)).toEqual({ a: 20, b: 10 });
  });

  it('packs the fullest first and goes on with the next', () => {
    const nearlyFull = capacityOf(
      { vcpus: 100, ramMb: 204_800, diskGb: 2000 },
      { vcpus: 97, ramMb: 0, diskGb: 0 },
    );
    const clusters = [clusterFacts('a', 100), clusterFacts('b', 0, { capacity: nearlyFull })];
    const request = placementRequest(10, IDS, { placement: { policy: 'pack' } });
    expect(chosenOf(request, clusters)).toEqual({ a: 7, b: 3 });
  });

  it('does not count what is promised as free', () => {
    const cluster = clusterFacts('a', 10);
    const promised = { servers: 8, vcpus: 8, ramMb: 8 * 2048, diskGb: 160 };
    const capacity = cluster.capacity && { ...cluster.capacity, promised };
    expect(decide(placementRequest(3, IDS), [{ ...cluster, capacity }])).toMatchObject({
      refused: true,
      explain: { room: 2 },
    });
  });

  it('believes the hosts rather than the sum over them', () => {
    const request = placementRequest(3, IDS, { flavor: smallFlavor(['a'], 2) });
    const decision = decide(request, [clusterFacts('a', 100)]);
    expect(decision).toMatchObject({ refused: true, explain: { room: 2 } });
  });

  it('places what fits when the caller is content with fewer', () => {
    const decision = decide(placementRequest(10, IDS, { minCount: 3 }), [clusterFacts('a', 4)]);
    expect(decision.refused).toBe(false);
    expect(Object.fromEntries(decision.chosen)).toEqual({ a: 4 });
  });

  const refusals: [string, string, Partial<ClusterFacts>, Partial<PlacementRequest>][] = [
    ['state', 'is draining, not enabled', { state: 'draining' }, {}],
    ['probe', 'its probe is failed', { probe: 'failed' }, {}],
    [
      'reachable',
      'does not answer since 1970-01-01T00:00:00.000Z',
      { reachable: false, unreachableSince: new Date(0) },
      {},
    ],
    ['tried_before', 'was tried before and had no room', {}, { exclude: ['a'] }],
    ['placement', 'is in IDC east, not west', {}, { placement: { idc: 'west' } }],
    ['placement', 'is not one of the clusters asked for', {}, { placement: { clusters: ['cluster-b'] } }],
    ['capability', 'lacks local_disk', {}, { capabilities: ['local_disk'] }],
    ['flavor', 'has no flavor m1.small', {}, { flavor: smallFlavor(['b']) }],
    ['image', 'has no image cirros', {}, { image: { id: 'i', name: 'cirros', clusters: new Set(['b']) } }],
    ['network', 'has no network lan', {}, { networks: [{ id: 'n', name: 'lan', clusters: new Set() }] }],
    [
      'security_group',
      'has no security group web',
      {},
      { securityGroups: [{ id: 's', name: 'web', clusters: new Set() }] },
    ],
    ['capacity', 'its capacity is not known yet', { capacity: null }, {}],
    [
      'capacity',
      'has too little ram_mb left',
      { capacity: capacityOf({ vcpus: 9, ramMb: 2047, diskGb: 90 }) },
      {},
    ],
    ['capacity', 'no single host has enough left', {}, { flavor: smallFlavor(['a'], 0) }],
  ];
  it.each(refusals)('refuses by %s: %s', (filter, detail, facts, asked) => {
    const decision = decide(placementRequest(1, ['a'], asked), [clusterFacts('a', 10, facts)]);
    expect(decision.refused).toBe(true);
    expect(decision.explain.clusters[0]?.refused).toMatchObject({ filter, detail });
  });

  it('shows the numbers that were compared', () => {
    const { explain } = decide(placementRequest(1, ['a']), [clusterFacts('a', 0)]);
    expect(explain.clusters[0]?.refused?.numbers).toMatchObject({ vcpus_free: 0, vcpus_needed: 1 });
  });

  it('accepts an IDC and a cluster by name as by id', () => {
    const clusters = [clusterFacts('a', 9), clusterFacts('b', 9, { idcId: 'idc-b', idcName: 'west' })];
    for (const placement of [
      { idc: 'west' },
      { idc: 'idc-b' },
      { clusters: ['cluster-b'] },
      { clusters: ['b'] },
    ]) {
      expect(chosenOf(placementRequest(2, IDS, { placement }), clusters)).toEqual({ b: 2 });
    }
  });

  it('tells the caller of a refusal what each cluster lacks', () => {
    const { explain } = decide(placementRequest(2, ['a']), [clusterFacts('a', 1), clusterFacts('b', 9)]);
    const fault = noClusterFits(explain);
    expect(fault).toMatchObject({ code: 'no_cluster_fits', category: 'capacity', extra: { explain } });
    expect(fault.message).toContain('1 would fit. cluster-b has no flavor m1.small.');
  });
});

describe('unknownClusters', () => {
  it('names each one with a pointer', () => {
    const placement = { idc: 'moon', clusters: ['a', 'cluster-z'] };
    const fault = unknownClusters(placementRequest(1, IDS, { placement }), [clusterFacts('a', 1)]);
    expect(fault?.fields.map((field) => field.pointer)).toEqual(['/placement/clusters/1', '/placement/idc']);
  });
});

const states = fc.constantFrom('enabled', 'enabled', 'enabled', 'draining', 'down' as const);
const cluster = fc.record({
  state: states,
  probe: fc.constantFrom('ok', 'ok', 'ok', 'failed' as const),
  vcpus: fc.integer({ min: 0, max: 60 }),
  used: fc.integer({ min: 0, max: 70 }),
  promised: fc.integer({ min: 0, max: 20 }),
  recentFailures: fc.integer({ min: 0, max: 5 }),
  fits: fc.option(fc.integer({ min: 0, max: 60 })),
  hasFlavor: fc.boolean(),
});
type Drawn = typeof cluster extends fc.Arbitrary<infer T> ? T : never;

const scene = fc.record({
  drawn: fc.array(cluster, { maxLength: 6 }),
  count: fc.integer({ min: 1, max: 100 }),
  minShare: fc.double({ min: 0.01, max: 1, noNaN: true }),
  policy: fc.constantFrom<PlacementPolicy>('spread', 'pack'),
});

function factsOf(drawn: readonly Drawn[]): ClusterFacts[] {
  return drawn.map((one, index) => {
    const total = { vcpus: one.vcpus, ramMb: one.vcpus * 4096, diskGb: one.vcpus * 40 };
    const used = { vcpus: one.used, ramMb: 0, diskGb: 0 };
    const promised = { servers: one.promised, vcpus: one.promised, ramMb: one.promised * 2048, diskGb: 0 };
    const { state, probe, recentFailures } = one;
    const capacity = { ...capacityOf(total, used), promised };
    return clusterFacts(String(index), 0, { state, probe, recentFailures, capacity });
  });
}

function requestOf({
  drawn,
  count,
  minShare,
  policy,
}: typeof scene extends fc.Arbitrary<infer T> ? T : never) {
  const flavor = {
    ...smallFlavor([]),
    clusters: new Map(
      drawn.flatMap((one, index) => (one.hasFlavor ? [[String(index), { fits: one.fits }] as const] : [])),
    ),
  };
  const minCount = Math.max(1, Math.ceil(count * minShare));
  return placementRequest(count, [], {
    flavor,
    minCount,
    placement: { policy },
  });
}

describe('laws of the scheduler', () => {
  it('gives no cluster more than it has room for, and none that is refused', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const request = requestOf(drawn);
        const clusters = factsOf(drawn.drawn);
        const { chosen, explain } = decide(request, clusters);
        for (const one of clusters) {
          const given = chosen.get(one.id) ?? 0;
          expect(given).toBeLessThanOrEqual(roomOf(request, one));
          const explained = explain.clusters.find((entry) => entry.cluster_id === one.id);
          expect(explained?.chosen).toBe(given);
          expect(explained?.refused !== undefined && given > 0).toBe(false);
        }
      }),
    );
  });

  it('places all, or at least the least number, or refuses', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const request = requestOf(drawn);
        const { chosen, explain, refused } = decide(request, factsOf(drawn.drawn));
        const sum = [...chosen.values()].reduce((a, b) => a + b, 0);
        expect(refused).toBe(explain.room < (request.minCount ?? 0));
        expect(sum).toBe(refused ? 0 : Math.min(drawn.count, explain.room));
      }),
    );
  });

  it('explains every cluster, with a refusal or with weights', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const clusters = factsOf(drawn.drawn);
        const { explain } = decide(requestOf(drawn), clusters);
        expect(explain.clusters.map((entry) => entry.cluster_id)).toEqual(clusters.map((one) => one.id));
        for (const entry of explain.clusters) {
          expect(entry.refused === undefined).toBe(entry.weights !== undefined);
        }
      }),
    );
  });

  it('never refuses because a cluster has more', () => {
    fc.assert(
      fc.property(scene, fc.nat(5), fc.integer({ min: 1, max: 50 }), (drawn, at, more) => {
        const request = requestOf(drawn);
        if (decide(request, factsOf(drawn.drawn)).refused) return;
        const grown = drawn.drawn.map((one, index) =>
          index === at ? { ...one, vcpus: one.vcpus + more } : one,
        );
        expect(decide(request, factsOf(grown)).refused).toBe(false);
      }),
    );
  });

  it('decides the same whatever the order of the clusters', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const request = requestOf(drawn);
        const clusters = factsOf(drawn.drawn);
        const sorted = (all: Map<string, number>) => [...all].toSorted(([a], [b]) => (a < b ? -1 : 1));
        const forwards = decide(request, clusters).chosen;
        expect(sorted(decide(request, clusters.toReversed()).chosen)).toEqual(sorted(forwards));
      }),
    );
  });
});
