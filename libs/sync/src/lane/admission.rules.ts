/** A lane that is due, as far as it matters for the order. */
export interface DueLane {
  clusterId: string;
  /** Milliseconds since the state was read that is shown; null when it never was. */
  ageMs: number | null;
  objectiveMs: number;
  /** Milliseconds since it became due. */
  overdueMs: number;
  /** Somebody asked for it, or waits for a confirmation. */
  wanted: boolean;
}

/** What the passes that run now take up, and what they may. */
export interface Room {
  /** Passes of this process at once. */
  total: number;
  /** Passes in one cluster at once. */
  perCluster: number;
  /** Passes at once in all the clusters together that do not answer as they should. */
  inTrouble: number;
}

export type ClusterHealth = 'well' | 'in_trouble' | 'shut';

/**
 * How far a lane is behind what was promised: 1 is the objective. A lane that was never read is as far behind as one
 * that has just missed it, so that new clusters do not push aside what is late.
 */
export function debtOf({ ageMs, objectiveMs }: Pick<DueLane, 'ageMs' | 'objectiveMs'>): number {
  return ageMs === null ? 1 : ageMs / objectiveMs;
}

/**
 * The lanes that may begin now, most indebted first. No cluster takes more than its share, and clusters in trouble
 * take, all together, no more than theirs: a pass that hangs must not stand in the way of others.
 */
export function admit<Lane extends DueLane>(
  due: readonly Lane[],
  running: readonly { clusterId: string }[],
  room: Room,
  healthOf: (clusterId: string) => ClusterHealth,
): Lane[] {
  const used = new Map<string, number>();
  for (const { clusterId } of running) used.set(clusterId, (used.get(clusterId) ?? 0) + 1);
  let total = running.length;
  let troubled = running.filter(({ clusterId }) => healthOf(clusterId) !== 'well').length;
  const admitted: Lane[] = [];
  for (const lane of inOrder(due)) {
    if (total >= room.total) break;
    const inCluster = used.get(lane.clusterId) ?? 0;
    const health = healthOf(lane.clusterId);
    // One pass at a time finds out whether a cluster in trouble is well again.
    if (health === 'shut' || inCluster >= (health === 'well' ? room.perCluster : 1)) continue;
    if (health !== 'well' && troubled >= room.inTrouble) continue;
    used.set(lane.clusterId, inCluster + 1);
    total += 1;
    if (health !== 'well') troubled += 1;
    admitted.push(lane);
  }
  return admitted;
}

function inOrder<Lane extends DueLane>(due: readonly Lane[]): Lane[] {
  return due.toSorted(
    (a, b) => Number(b.wanted) - Number(a.wanted) || debtOf(b) - debtOf(a) || b.overdueMs - a.overdueMs,
  );
}
