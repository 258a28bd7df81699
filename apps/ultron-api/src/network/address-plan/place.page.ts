import type { Page } from '@ultron/platform/paging/page';

/**
 * A page of things that are few, all in memory and in the order of their addresses; one more than the page asks for, when
 * there is one. A thing that went since the page before was read begins the list anew.
 */
export function pageByPlace<Thing extends { id: string }>(
  things: readonly Thing[],
  { limit, order, after }: Page<'cidr'>,
): Thing[] {
  const ordered = order === 'asc' ? things : things.toReversed();
  const from = after === undefined ? 0 : ordered.findIndex(({ id }) => id === after.id) + 1;
  return ordered.slice(from, from + limit + 1);
}
