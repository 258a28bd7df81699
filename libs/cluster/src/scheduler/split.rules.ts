import type { PlacementPolicy } from './placement.js';

/** A cluster that passed every filter: its room is at least 1 and its weight above 0. */
export interface Candidate {
  id: string;
  room: number;
  weight: number;
}

/** How many of the batch each candidate gets. The sum is `count`, or all the room there is when that is less. */
export function split(
  count: number,
  candidates: readonly Candidate[],
  policy: PlacementPolicy,
): Map<string, number> {
  const ordered = candidates.toSorted((a, b) => b.weight - a.weight || compare(a.id, b.id));
  return policy === 'pack' ? fill(count, ordered) : share(count, ordered);
}

function fill(count: number, ordered: readonly Candidate[]): Map<string, number> {
  const given = new Map<string, number>();
  let left = count;
  for (const { id, room } of ordered) {
    const part = Math.min(left, room);
    if (part > 0) given.set(id, part);
    left -= part;
  }
  return given;
}

/** Largest remainder (Hamilton's method) in proportion to the weights; who would get more than its room gets its room. */
function share(count: number, ordered: readonly Candidate[]): Map<string, number> {
  const given = new Map<string, number>();
  let left = count;
  let open = ordered;
  while (left > 0 && open.length > 0) {
    const unit = left / open.reduce((sum, candidate) => sum + candidate.weight, 0);
    const full = open.filter((candidate) => candidate.weight * unit >= candidate.room);
    if (full.length === 0) {
      shareExactly(left, unit, open, given);
      break;
    }
    for (const { id, room } of full) {
      const part = Math.min(left, room);
      if (part > 0) given.set(id, part);
      left -= part;
    }
    open = open.filter((candidate) => !full.includes(candidate));
  }
  return given;
}

function shareExactly(
  count: number,
  unit: number,
  open: readonly Candidate[],
  given: Map<string, number>,
): void {
  const parts = open.map(({ id, weight }) => ({
    id,
    whole: Math.floor(weight * unit),
    rest: (weight * unit) % 1,
  }));
  let left = count - parts.reduce((sum, part) => sum + part.whole, 0);
  for (const part of parts.toSorted((a, b) => b.rest - a.rest || compare(a.id, b.id))) {
    const extra = left > 0 ? 1 : 0;
    left -= extra;
    if (part.whole + extra > 0) given.set(part.id, part.whole + extra);
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
