import type { Page } from '@ultron/platform/paging/page';

type Place = { id: string; name: string };

/**
 * A page of things that are few and all in memory, in the order of their names, and of their ids where names are
 * the same; one more than the page asks for, when there is one.
 */
export function pageOfNamed<Thing extends Place>(
  things: readonly Thing[],
  { limit, order, after }: Page<'name'>,
): Thing[] {
  const sign = order === 'asc' ? 1 : -1;
  const inOrder = (a: string, b: string) => (a < b ? -sign : a > b ? sign : 0);
  const compare = (a: Place, b: Place) => inOrder(a.name, b.name) || inOrder(a.id, b.id);
  const last = after && { id: after.id, name: String(after.value) };
  return things
    .toSorted(compare)
    .filter((thing) => last === undefined || compare(thing, last) > 0)
    .slice(0, limit + 1);
}
