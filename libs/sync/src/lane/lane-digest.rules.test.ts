import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digestOf } from './lane-digest.rules.js';
import type { LaneWish } from './lane.types.js';

const lane = (clusterId: string, kind: string, more: Partial<LaneWish> = {}): LaneWish => ({
  clusterId,
  kind,
  domain: 'compute',
  conductorGroup: 'default',
  tier: 'silver',
  strategy: { changes: 'full', deletions: 'full' },
  slowness: 1,
  resting: true,
  ...more,
});

describe('the digest of lanes', () => {
  it('is another one when some of them change, however many and however alike', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('resting', 'tier', 'slowness'),
        (count, what) => {
          const lanes = Array.from({ length: 40 }, (_, i) => lane(`c${i}`, i % 2 ? 'server' : 'port'));
          const change = { resting: false, tier: 'gold', slowness: 2 }[what];
          const changed = lanes.map((one, i) => (i < count ? { ...one, [what]: change } : one));
          expect(digestOf(changed)).not.toBe(digestOf(lanes));
          expect(digestOf(changed.toReversed())).toBe(digestOf(changed));
        },
      ),
    );
  });
});
