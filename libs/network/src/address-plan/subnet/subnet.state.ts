import { COMING, type SegmentState } from '../segment/segment.state.js';

/**
 * What a subnet is, as its segments are. `degraded`: a cluster could not build its segment, or lost it; the others are
 * of use, and it is tried again.
 */
export const SUBNET_STATUSES = ['building', 'active', 'degraded', 'deleting'] as const;
export type SubnetStatus = (typeof SUBNET_STATUSES)[number];

export function subnetStatus(deleting: boolean, segments: readonly SegmentState[]): SubnetStatus {
  if (deleting) return 'deleting';
  if (segments.includes('error')) return 'degraded';
  return segments.some((state) => COMING.has(state)) ? 'building' : 'active';
}
