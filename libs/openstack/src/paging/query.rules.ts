import type { Query } from '../call.js';

/** Web servers in front of the services commonly refuse a request line of more than 8 KiB. */
const MAX_QUERY_CHARS = 4_000;

/** The parameters as they stand in a URL. */
export function searchOf(query: Query): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    const values = Array.isArray(value) ? value : [value];
    for (const each of values) search.append(name, String(each));
  }
  return search;
}

/** Cuts a query whose repeated parameter makes it too long for a URL into several that find the same together. */
export function splitQuery(query: Query, maxChars = MAX_QUERY_CHARS): Query[] {
  if (searchOf(query).toString().length <= maxChars) return [query];
  const longest = Object.entries(query)
    .filter((entry): entry is [string, readonly string[]] => Array.isArray(entry[1]) && entry[1].length > 1)
    .toSorted(([, a], [, b]) => b.join().length - a.join().length)[0];
  if (!longest) return [query];
  const [name, values] = longest;
  const half = Math.ceil(values.length / 2);
  return [values.slice(0, half), values.slice(half)].flatMap((part) =>
    splitQuery({ ...query, [name]: part }, maxChars),
  );
}

/** The parameters of a link, and of the first request what the link forgot. */
export function followLink(first: URLSearchParams, link: URLSearchParams): URLSearchParams {
  const search = new URLSearchParams(link);
  for (const [name, value] of first) if (!link.has(name)) search.append(name, value);
  return search;
}
