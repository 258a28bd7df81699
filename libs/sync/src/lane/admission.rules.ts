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

/** A pass that runs now. */
export interface RunningPass {
  clusterId: string;
  /** Milliseconds for which its cluster has answered nothing of what the pass asked. */
  waitedMs: number;
}

/** What the passes that run now take up, and what they may. */
export interface Room {
  /** Passes of this process at once. */
  total: number;
  /** Passes in one cluster at once. */
  perCluster: number;
  /** Of all places, those that passes in clusters that do not answer as they should take up, at most. */
  inTrouble: number;
  /** A cluster that lets a pass wait for so many milliseconds does not answer as it should, though no call has failed. */
  patienceMs: number;
}

export type ClusterHealth = 'well' | 'in_trouble' | 'shut';

/**
 * How far a lane is behind what was promised: 1 is the objective. A lane that was never read is as far behind as one
 * that has just missed it, so that new clusters do not push aside what is late.
 */
export function debtOf({ ageMs, objectiveMs }: Pick<DueLane, 'ageMs' | 'objectiveMs'>): number {
  return ageMs === null ? 1 : ageMs / objectiveMs;
}

/** The places of this process: which are taken, and in which clusters something may begin. */
export class Places {
  private readonly inCluster = new Map<string, number>();
  private readonly stalled: ReadonlySet<string>;
  private readonly inTrouble = new Set<string>();
  private takenByWell = 0;
  private takenInTrouble = 0;

  constructor(
    running: readonly RunningPass[],
    private readonly room: Room,
    private readonly healthOf: (clusterId: string) => ClusterHealth,
  ) {
    const waiting = running.filter(({ waitedMs }) => waitedMs >= room.patienceMs);
    this.stalled = new Set(waiting.map(({ clusterId }) => clusterId));
    for (const { clusterId } of running) this.take(clusterId);
  }

  take(clusterId: string): void {
    this.inCluster.set(clusterId, this.passesIn(clusterId) + 1);
    if (this.isWell(clusterId)) {
      this.takenByWell += 1;
    } else {
      this.takenInTrouble += 1;
      this.inTrouble.add(clusterId);
    }
  }

  /**
   * A pass that waits for its cluster does nothing else, and may do so for minutes. All those of clusters in trouble
   * together take no more places than their part, however many had begun before it showed: the rest is for the others.
   */
  get full(): boolean {
    return this.takenByWell + Math.min(this.takenInTrouble, this.room.inTrouble) >= this.room.total;
  }

  /** Whether a pass in the cluster may begin, as far as it depends on the cluster. */
  isOpen(clusterId: string): boolean {
    if (this.healthOf(clusterId) === 'shut') return false;
    const passes = this.passesIn(clusterId);
    if (this.isWell(clusterId)) return passes < this.room.perCluster;
    // One pass at a time finds out whether a cluster in trouble is well again.
    return passes === 0 && this.inTrouble.size < this.room.inTrouble;
  }

  /** It answers, as far as is known. */
  isWell(clusterId: string): boolean {
    return this.healthOf(clusterId) === 'well' && !this.stalled.has(clusterId);
  }

  private passesIn(clusterId: string): number {
    return this.inCluster.get(clusterId) ?? 0;
  }
}

/** The lanes that may begin now, most indebted first; no cluster takes more than its share of the places. */
export function admit<Lane extends DueLane>(due: readonly Lane[], places: Places): Lane[] {
  const admitted: Lane[] = [];
  for (const lane of inOrder(due)) {
    if (places.full) break;
    if (!places.isOpen(lane.clusterId)) continue;
    places.take(lane.clusterId);
    admitted.push(lane);
  }
  return admitted;
}

function inOrder<Lane extends DueLane>(due: readonly Lane[]): Lane[] {
  return due.toSorted(
    (a, b) => Number(b.wanted) - Number(a.wanted) || debtOf(b) - debtOf(a) || b.overdueMs - a.overdueMs,
  );
}
