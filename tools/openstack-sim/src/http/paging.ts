import { ApiError, type Call } from './call.js';

export interface Page<T> {
  items: T[];
  /**
   * Whether a link to the next page is given: the page is full. The real services do not look further, so that a
   * last page that happens to be full leads to an empty one.
   */
  more: boolean;
}

/** Takes a page's worth of items that pass. */
export function takePage<T>(items: Iterable<T>, limit: number, passes: (item: T) => boolean): Page<T> {
  const taken: T[] = [];
  for (const item of items) {
    if (!passes(item)) continue;
    taken.push(item);
    if (taken.length >= limit) return { items: taken, more: true };
  }
  return { items: taken, more: false };
}

/** The fault "short page": keeps the first few items; unless the cut is to be silent, the rest follows by link. */
export function cutShort<T>(page: Page<T>, call: Call): Page<T> {
  const cut = call.effects.shortPage;
  if (!cut || page.items.length <= cut.keep) return page;
  return { items: page.items.slice(0, cut.keep), more: !cut.silent };
}

/** `limit` as Nova reads it: a whole number that is not negative, at most the service's own maximum. */
export function limitOf(call: Call, max: number): number {
  const text = call.query.get('limit');
  if (text === null) return max;
  if (!/^-?\d+$/.test(text)) throw new ApiError(400, `limit param must be an integer`);
  const limit = Number(text);
  if (limit < 0) throw new ApiError(400, `limit param must be positive`);
  return limit === 0 ? max : Math.min(limit, max);
}

/** The address of the page after `lastId`: the same question with another marker. */
export function nextHref(call: Call, url: string, lastId: string): string {
  const query = new URLSearchParams(call.query);
  query.set('marker', lastId);
  return `${url}?${query}`;
}

/** The address of the page before `firstId`, as Neutron gives it. */
export function previousHref(call: Call, url: string, firstId: string | undefined): string {
  const query = new URLSearchParams(call.query);
  query.delete('marker');
  if (firstId !== undefined) query.set('marker', firstId);
  query.set('page_reverse', 'True');
  return `${url}?${query}`;
}
