import { describe, expect, it } from '@jest/globals';
import { isStale, staleClusters, type LaneFreshness } from './freshness.rules.js';

const lane = (more: Partial<LaneFreshness>): LaneFreshness => ({
  clusterId: 'c1',
  kind: 'server',
  freshAt: new Date(),
  ageMs: 1_000,
  objectiveMs: 15_000,
  read: true,
  ...more,
});

describe('freshness', () => {
  it('is lost when the objective is missed, and when nobody reads', () => {
    expect(isStale(lane({}))).toBe(false);
    expect(isStale(lane({ ageMs: 15_001 }))).toBe(true);
    expect(isStale(lane({ ageMs: null, freshAt: null }))).toBe(true);
    expect(isStale(lane({ read: false }))).toBe(true);
  });

  it('of a cluster is that of the stalest of its lanes; a cluster without lanes has none', () => {
    const lanes = [
      lane({}),
      lane({ clusterId: 'c2' }),
      lane({ clusterId: 'c2', kind: 'port', ageMs: 20_000 }),
    ];
    expect(staleClusters(['c1', 'c2', 'c3', 'c2'], lanes)).toEqual(['c2', 'c3']);
  });
});
