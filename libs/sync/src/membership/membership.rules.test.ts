import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ownersOf, shareKey, type Member, type Share } from './membership.rules.js';

const members = (count: number): Member[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `conductor-${index}`,
    domains: ['compute', 'network'],
  }));
const shares = (clusters: number, lanes = 7): Share[] =>
  Array.from({ length: clusters }, (_, index) =>
    ['compute', 'network'].map((domain) => ({ clusterId: `cluster-${index}`, domain, lanes })),
  ).flat();

const moved = (before: Map<string, string>, after: Map<string, string>): number =>
  [...after].filter(([key, owner]) => before.get(key) !== owner).length / after.size;

describe('who owns what', () => {
  it('is the same whatever the order of the rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 9 }), (clusters, conductors) => {
        const [all, some] = [shares(clusters), members(conductors)];
        expect(ownersOf(all.toReversed(), some.toReversed())).toEqual(ownersOf(all, some));
      }),
    );
  });

  it('leaves no share without an owner, keeps clusters together, and gives nobody much more than its part', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 12 }),
        (clusters, conductors) => {
          const all = shares(clusters);
          const owners = ownersOf(all, members(conductors));
          expect(owners.size).toBe(all.length);
          const loads = new Map<string, number>();
          for (const share of all) {
            const owner = owners.get(shareKey(share)) ?? '';
            loads.set(owner, (loads.get(owner) ?? 0) + share.lanes);
            expect(owner).toBe(owners.get(shareKey({ ...share, domain: 'compute' })));
          }
          const even = (clusters * 14) / conductors;
          for (const load of loads.values()) expect(load).toBeLessThanOrEqual(Math.ceil(even * 1.15) + 14);
        },
      ),
    );
  });

  it('moves about a sixth when the sixth conductor comes, and nothing among the others when one goes', () => {
    const all = shares(400);
    const [five, six] = [ownersOf(all, members(5)), ownersOf(all, members(6))];
    expect(moved(five, six)).toBeGreaterThan(1 / 6 - 0.05);
    expect(moved(five, six)).toBeLessThan(1 / 6 + 0.07);
    const among = [...five].filter(([key, owner]) => {
      const after = six.get(key);
      return after !== 'conductor-5' && after !== owner;
    });
    expect(among.length / five.size).toBeLessThan(0.08);
  });

  it('gives shares only to conductors that serve their domain', () => {
    const compute = { id: 'a', domains: ['compute'] };
    const network = { id: 'b', domains: ['network'] };
    const owners = ownersOf(
      [...shares(5), { clusterId: 'cluster-1', domain: 'cluster', lanes: 1 }],
      [compute, network],
    );
    for (const [key, owner] of owners) expect(owner).toBe(key.endsWith('compute') ? 'a' : 'b');
    expect(owners.has('cluster-1/cluster')).toBe(false);
  });
});
