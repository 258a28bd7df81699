import { describe, expect, it } from '@jest/globals';
import type { BandwidthLimit, Direction } from './qos-policy.entity.js';
import { bandwidthProblems, ruleChanges, type ShownRule } from './qos-policy.rules.js';

const limit = (direction: Direction, max_kbps: number, max_burst_kbps = 0): BandwidthLimit => ({
  direction,
  max_kbps,
  max_burst_kbps,
});
const rule = (id: string, one: BandwidthLimit): ShownRule => ({ id, ...one });

/** The rules that a cluster has once the changes are made. */
function applied(limits: readonly BandwidthLimit[], shown: readonly ShownRule[]): ShownRule[] {
  const changes = ruleChanges(limits, shown);
  const kept = shown.filter(({ id }) => !changes.delete.includes(id));
  const updated = kept.map((one) => {
    const change = changes.update.find(({ id }) => id === one.id);
    return change ? rule(one.id, change.limit) : one;
  });
  return [...updated, ...changes.create.map((one, i) => rule(`new-${i}`, one))];
}

const CHOICES: BandwidthLimit[][] = [
  [],
  [limit('egress', 10)],
  [limit('ingress', 10, 5)],
  [limit('egress', 20), limit('ingress', 10)],
];

describe('the rules of a cluster', () => {
  const cases = CHOICES.flatMap((before) => CHOICES.map((after) => [before, after] as const));

  it.each(cases)('become from %j what is wished: %j', (before, after) => {
    const shown = before.map((one, i) => rule(`r${i}`, one));
    const rules = applied(after, shown);
    expect(rules.map(({ direction, max_kbps }) => `${direction} ${max_kbps}`).toSorted()).toEqual(
      after.map(({ direction, max_kbps }) => `${direction} ${max_kbps}`).toSorted(),
    );
    const none = { create: [], update: [], delete: [] };
    expect(ruleChanges(after, rules)).toEqual(none);
  });

  it('are left alone when only the burst differs that was left to the cluster', () => {
    const shown = [rule('a', limit('egress', 10, 8))];
    expect(ruleChanges([limit('egress', 10)], shown).update).toEqual([]);
    expect(ruleChanges([limit('egress', 10, 9)], shown).update).toHaveLength(1);
  });
});

describe('bandwidth limits', () => {
  it('are one for each direction, with bursts of a sensible length', () => {
    expect(bandwidthProblems([limit('egress', 10, 8), limit('ingress', 10)])).toEqual([]);
    expect(
      bandwidthProblems([limit('egress', 10), limit('egress', 20)]).map(({ pointer }) => pointer),
    ).toEqual(['/bandwidth_limits/1/direction']);
    expect(bandwidthProblems([limit('egress', 10, 1001)]).map(({ pointer }) => pointer)).toEqual([
      '/bandwidth_limits/0/max_burst_kbps',
    ]);
  });
});
