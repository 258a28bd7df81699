import { describe, expect, it } from '@jest/globals';
import type { TierAssignment } from './sync-tier.repository.js';
import { tierOfCluster } from './tier.rules.js';

const PLACES = new Map([
  ['gold', 1],
  ['silver', 2],
  ['bronze', 3],
]);
const HOMES = new Map([['p', new Set(['here'])]]);
const cluster = (tier: string): TierAssignment => ({ subject: 'cluster', subjectId: 'here', tier });
const project = (tier: string): TierAssignment => ({ subject: 'project', subjectId: 'p', tier });
const tier = (...assignments: TierAssignment[]): string => tierOfCluster('here', assignments, PLACES, HOMES);

describe('the tier of a cluster', () => {
  it('is silver unless it was given another', () => {
    expect(tier()).toBe('silver');
    expect(tier(cluster('bronze'))).toBe('bronze');
  });

  it('is that of the best project which has something there, when that is better', () => {
    expect(tier(project('gold'))).toBe('gold');
    expect(tier(project('bronze'))).toBe('silver');
    expect(tier(cluster('bronze'), project('silver'))).toBe('silver');
    expect(tier(cluster('gold'), project('bronze'))).toBe('gold');
    expect(tierOfCluster('elsewhere', [project('gold')], PLACES, HOMES)).toBe('silver');
  });
});
