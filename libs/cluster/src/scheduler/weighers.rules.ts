import type { ClusterFacts, PlacementPolicy, Weights } from './placement.js';
import { freeOf } from './filters.rules.js';

const round = (value: number) => Math.round(value * 1e6) / 1e6;

/** The share of the scarcest thing that is still free, 0 to 1. */
export function freeShare(cluster: ClusterFacts): number {
  if (!cluster.capacity) return 0;
  const { total } = cluster.capacity;
  const free = freeOf(cluster.capacity);
  let least: number | undefined;
  for (const dimension of ['vcpus', 'ramMb', 'diskGb'] as const) {
    if (total[dimension] > 0) least = Math.min(least ?? 1, free[dimension] / total[dimension]);
  }
  return round(Math.max(0, least ?? 0));
}

/** Halves with two recent failures, a third is left with four; it never reaches 0, so that a cluster recovers. */
export const failureWeight = (failures: number): number => round(1 / (1 + failures / 2));

/**
 * Spread prefers the emptier cluster, pack the fuller one. The floor keeps the weight of every cluster that has
 * room above zero: with all others full, it gets the rest. The share of the free addresses counts with either, so that
 * the addresses of all clusters come to their end together.
 */
export function weigh(cluster: ClusterFacts, policy: PlacementPolicy, addresses?: number): Weights {
  const free = freeShare(cluster);
  const failures = failureWeight(cluster.recentFailures);
  const liking = Math.max(0.001, policy === 'spread' ? free : 1 - free);
  return {
    free_share: free,
    recent_failures: failures,
    ...(addresses === undefined ? {} : { free_addresses: addresses }),
    total: round(Math.max(1e-6, liking * failures * (addresses ?? 1))),
  };
}
