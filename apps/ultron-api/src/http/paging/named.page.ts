import type { Page } from '@ultron/platform/paging/page';

/**
 * A page of things that are few and all in memory, in the order of their unique names; one more than the page asks
 * for, when there is one.
 */
export function pageOfNamed<Thing extends { name: string }>(
  things: readonly Thing[],
  { limit, order, after }: Page<'name'>,
): Thing[] {
  const sign = order === 'asc' ? 1 : -1;
  const compare = (a: string, b: string) => (a < b ? -sign : a > b ? sign : 0);
  return things
    .toSorted((a, b) => compare(a.name, b.name))
    .filter(({ name }) => after === undefined || compare(name, String(after.value)) > 0)
    .slice(0, limit + 1);
}
