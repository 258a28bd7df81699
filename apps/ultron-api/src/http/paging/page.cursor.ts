import { createHash } from 'node:crypto';
import type { Page } from '@ultron/platform/paging/page';
import { RequestFault } from '../problem/request.fault.js';

type After = NonNullable<Page['after']>;

/**
 * A cursor is opaque to callers: where the page before ended, bound to the list, the filters and the order it was made
 * for. It carries nothing secret and its values go into SQL as parameters only, so it is checked, not encrypted.
 */
export function formatCursor(after: After, binding: string): string {
  return Buffer.from(JSON.stringify([after.value, after.id, binding])).toString('base64url');
}

export function parseCursor(cursor: string, binding: string): After {
  const parts = decode(cursor);
  if (!parts) throw badCursor('is no cursor of this API: take it unchanged from a next link');
  const [value, id, bound] = parts;
  if (bound !== binding) throw badCursor('belongs to another list, other filters or another order');
  return { value, id };
}

/** Fingerprint of what a cursor is good for. */
export const bindingOf = (path: string, query: Readonly<Record<string, unknown>>): string => {
  const { limit: _limit, cursor: _cursor, fields: _fields, ...filters } = query;
  const entries = Object.entries(filters).filter(([, value]) => value !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([path, entries]))
    .digest('base64url')
    .slice(0, 12);
};

/** Names and ids of OpenStack have up to 255 characters, each of them one or two of JavaScript's. */
const LONGEST_ID = 510;

type Parts = [value: After['value'], id: string, binding: string];

function decode(cursor: string): Parts | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  return isParts(parsed) ? parsed : undefined;
}

function isParts(parsed: unknown): parsed is Parts {
  if (!Array.isArray(parsed) || parsed.length !== 3) return false;
  const [value, id, binding] = parsed as unknown[];
  const valueFits = value === null || typeof value === 'string' || typeof value === 'number';
  return valueFits && typeof id === 'string' && id.length <= LONGEST_ID && typeof binding === 'string';
}

const badCursor = (detail: string): RequestFault => RequestFault.badQuery([{ pointer: '?cursor', detail }]);
