/** What is known of a cluster when addresses are dealt out. */
export interface ClusterDemand {
  clusterId: string;
  /** Enabled, its network healthy, and with room for servers (or pinned): only then does it get segments. */
  eligible: boolean;
  /** Addresses it uses up per second; 0 when unknown. */
  ratePerSecond?: number;
  /** Addresses that requests wait for there at present. */
  waiting?: number;
}

export interface FloorPolicy {
  /** Free addresses that every eligible cluster keeps. */
  leastFree: number;
  /** How long it takes from asking for a segment to its first address, in seconds. */
  leadTimeS: number;
  /** For how long ahead the cluster that asks is given addresses, in seconds. */
  horizonS: number;
}

export const DEFAULT_FLOOR: FloorPolicy = { leastFree: 32, leadTimeS: 60, horizonS: 3600 };

/** The low-water mark: a cluster with fewer free addresses is supplemented before it refuses anyone. */
export function floorOf(demand: ClusterDemand, policy: FloorPolicy): number {
  if (!demand.eligible) return 0;
  return Math.max(policy.leastFree, Math.ceil((demand.ratePerSecond ?? 0) * policy.leadTimeS));
}

/**
 * What a cluster at its low-water mark is brought up to, and what it keeps when segments are taken back while nobody
 * waits: between the two marks nothing moves, so that what was just given is not at once taken, or the reverse.
 */
export function highWaterOf(demand: ClusterDemand, policy: FloorPolicy): number {
  return 2 * floorOf(demand, policy);
}

/** The addresses that a cluster will use up within the horizon. */
export function aheadOf(demand: ClusterDemand, policy: FloorPolicy): number {
  return Math.ceil((demand.ratePerSecond ?? 0) * policy.horizonS);
}
