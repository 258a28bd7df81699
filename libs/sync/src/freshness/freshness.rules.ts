/** How fresh what is shown of one kind of things in one cluster is. */
export interface LaneFreshness {
  clusterId: string;
  kind: string;
  /** When the last pass began that has read all of it, or all that changed; null before the first one. */
  freshAt: Date | null;
  /** Milliseconds since then, by the database's clock. */
  ageMs: number | null;
  /** Within how many milliseconds a change is to be seen, by the lane's tier. */
  objectiveMs: number;
  /** The lane is read at all: not paused, its cluster neither down nor unknown. */
  read: boolean;
}

/** Whether what is shown is older than was promised. What was never read is as stale as can be. */
export function isStale({ ageMs, objectiveMs, read }: LaneFreshness): boolean {
  return !read || ageMs === null || ageMs > objectiveMs;
}

/** The clusters, of those asked about, of which something is stale; those without a lane are among them. */
export function staleClusters(clusterIds: Iterable<string>, lanes: readonly LaneFreshness[]): string[] {
  const known = new Map<string, boolean>();
  for (const lane of lanes) known.set(lane.clusterId, (known.get(lane.clusterId) ?? false) || isStale(lane));
  return [...new Set(clusterIds)].filter((id) => known.get(id) ?? true);
}
