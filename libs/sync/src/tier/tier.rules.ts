import type { TierAssignment } from './sync-tier.repository.js';
import { DEFAULT_TIER } from './tier.types.js';

/**
 * The tier of each cluster: its own, or the best of the projects that have something there, whichever is better.
 * `places` says how good a tier is, 1 best; `clustersOf` in which clusters a project has something.
 */
export function tierOfCluster(
  clusterId: string,
  assignments: readonly TierAssignment[],
  places: ReadonlyMap<string, number>,
  clustersOf: ReadonlyMap<string, ReadonlySet<string>>,
): string {
  const own = assignments.find(({ subject, subjectId }) => subject === 'cluster' && subjectId === clusterId);
  const placeOf = (tier: string): number => places.get(tier) ?? Number.MAX_SAFE_INTEGER;
  let best = own?.tier ?? DEFAULT_TIER;
  for (const { subject, subjectId, tier } of assignments) {
    const applies = subject === 'project' && clustersOf.get(subjectId)?.has(clusterId);
    if (applies && placeOf(tier) < placeOf(best)) best = tier;
  }
  return best;
}
