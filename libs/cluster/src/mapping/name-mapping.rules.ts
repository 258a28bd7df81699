/** A thing that a cluster shows and that Ultron knows under one logical name: a flavor, an image, a network. */
export interface Shown {
  openstackId: string;
  name: string;
}

/** The logical thing of that name. */
export interface Logical {
  id: string;
  name: string;
}

/** `logicalId` is null when the thing cannot be used under its name; `reason` then says why, for people. */
export interface NameMapping<Thing extends Shown> {
  shown: Thing;
  logicalId: string | null;
  reason: string | null;
}

/** The names that stand for exactly one thing in the cluster; only these can become logical. */
export function unambiguousNames(shown: readonly Shown[]): string[] {
  return [...countNames(shown)].filter(([name, count]) => name !== '' && count === 1).map(([name]) => name);
}

/**
 * Maps what a cluster shows to the logical things of the same name. `differs` tells what keeps a thing from being
 * the same as the logical one (for example another size), or null when nothing does.
 */
export function mapByName<Thing extends Shown, Known extends Logical>(
  shown: readonly Thing[],
  logical: ReadonlyMap<string, Known>,
  differs: (shown: Thing, logical: Known) => string | null = () => null,
): NameMapping<Thing>[] {
  const counts = countNames(shown);
  return shown.map((thing) => {
    const refuse = (reason: string): NameMapping<Thing> => ({ shown: thing, logicalId: null, reason });
    if (thing.name === '') return refuse('it has no name in this cluster');
    const count = counts.get(thing.name) ?? 0;
    if (count > 1) return refuse(`the name is ambiguous: ${count} of this name in this cluster`);
    const known = logical.get(thing.name);
    if (!known) return refuse('no logical one of this name exists');
    const difference = differs(thing, known);
    return difference === null ? { shown: thing, logicalId: known.id, reason: null } : refuse(difference);
  });
}

function countNames(shown: readonly Shown[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of shown) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
