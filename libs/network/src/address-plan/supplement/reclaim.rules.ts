import { freeIn, isEmpty, roomOf, type SegmentFacts } from '../plan.facts.js';

/** A segment that can be taken back from its cluster: all of it, or its upper half. */
export interface Candidate {
  segmentId: string;
  clusterId: string;
  half: boolean;
  /** Addresses that become free for others. */
  gain: number;
}

export interface ReclaimQuestion {
  /** The segments of the IDC. */
  segments: readonly SegmentFacts[];
  /** Free addresses that a cluster must keep. */
  keep: (clusterId: string) => number;
  /** The cluster for which it is done; nothing is taken from it. */
  exceptClusterId: string | null;
  /** The prefix length of a unit. */
  unit: number;
  /** Segments that were dealt, or last used, more lately stay where they are; in seconds. */
  coolDownS?: number;
}

/** The empty segments that their clusters can do without, the one with the most free addresses first. */
export function reclaimable(question: ReclaimQuestion): Candidate[] {
  const { segments, keep, exceptClusterId } = question;
  const owners = new Set(segments.map(({ clusterId }) => clusterId));
  const clusters = [...owners].filter((id) => id !== null && id !== exceptClusterId) as string[];
  return clusters
    .map((clusterId) => ({ clusterId, free: roomOf(segments, clusterId).free }))
    .toSorted((a, b) => b.free - a.free || (a.clusterId < b.clusterId ? -1 : 1))
    .flatMap(({ clusterId, free }) => ofCluster(question, clusterId, free - keep(clusterId)));
}

/** `surplus`: free addresses above what the cluster must keep. */
function ofCluster(
  { segments, unit, coolDownS = 0 }: ReclaimQuestion,
  clusterId: string,
  surplus: number,
): Candidate[] {
  const candidates: Candidate[] = [];
  const empty = segments.filter(
    (segment) =>
      segment.clusterId === clusterId &&
      segment.state === 'active' &&
      isEmpty(segment) &&
      rested(segment, coolDownS),
  );
  // From the last dealt one: the oldest are filled first.
  for (const segment of empty.toReversed()) {
    const free = freeIn(segment);
    // Each half needs addresses for the network too: what is given up is more than half of what was free.
    const lost = Math.ceil(free / 2) + segment.infra;
    const half = free > surplus;
    if (half && (segment.block.prefix >= unit || lost > surplus)) continue;
    surplus -= half ? lost : free;
    candidates.push({ segmentId: segment.id, clusterId, half, gain: half ? free - lost : free });
  }
  return candidates;
}

function rested({ dealtS, usedS }: SegmentFacts, coolDownS: number): boolean {
  return [dealtS, usedS].every((age) => age === undefined || age === null || age >= coolDownS);
}

/** As many candidates as it takes to gain so much. */
export function upTo(gain: number, candidates: readonly Candidate[]): Candidate[] {
  const chosen: Candidate[] = [];
  for (let gained = 0, i = 0; gained < gain && i < candidates.length; i++) {
    const candidate = candidates[i];
    if (!candidate) break;
    chosen.push(candidate);
    gained += candidate.gain;
  }
  return chosen;
}

export function gainOf(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, { gain }) => sum + gain, 0);
}
