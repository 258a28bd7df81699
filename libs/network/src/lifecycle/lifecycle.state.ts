/**
 * The states of what Ultron makes in Neutron: ports, routers, floating IPs, QoS policies, and the part of each of them
 * that one cluster has. `degraded`: some of its clusters have it as it should be, others do not.
 */
export const LIFECYCLE_STATUSES = [
  'building',
  'active',
  'updating',
  'degraded',
  'error',
  'deleting',
  'deleted',
] as const;

export type LifecycleStatus = (typeof LIFECYCLE_STATUSES)[number];

const TRANSITIONS: Record<LifecycleStatus, readonly LifecycleStatus[]> = {
  building: ['active', 'degraded', 'error', 'deleting', 'deleted'],
  active: ['updating', 'degraded', 'error', 'deleting'],
  updating: ['active', 'degraded', 'error', 'deleting'],
  degraded: ['updating', 'active', 'error', 'deleting'],
  // `building`, `updating` and `deleted`: an operator let the task go on that had failed.
  error: ['building', 'updating', 'active', 'degraded', 'deleting', 'deleted'],
  deleting: ['deleted', 'error', 'degraded'],
  deleted: [],
};

export function mayBecome(from: LifecycleStatus, to: LifecycleStatus): boolean {
  return TRANSITIONS[from].includes(to);
}

/** The states from which `to` is entered or kept. */
export function statusesBefore(to: LifecycleStatus): LifecycleStatus[] {
  return LIFECYCLE_STATUSES.filter((from) => from === to || mayBecome(from, to));
}

/** A saga is at work. */
export const CHANGING: ReadonlySet<LifecycleStatus> = new Set<LifecycleStatus>([
  'building',
  'updating',
  'deleting',
]);

/** The state of something from those of its parts in the clusters; without parts nothing had to be built. */
export function statusOfParts(parts: readonly LifecycleStatus[]): LifecycleStatus {
  const live = parts.filter((part) => part !== 'deleted');
  if (live.length === 0) return 'active';
  for (const busy of ['building', 'updating', 'deleting'] as const) if (live.includes(busy)) return busy;
  if (live.every((part) => part === 'active')) return 'active';
  return live.every((part) => part === 'error') ? 'error' : 'degraded';
}
