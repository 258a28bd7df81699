import { Fault } from '@ultron/kernel/fault';
import { RequestFault } from '../problem/request.fault.js';

/** The strong entity tag of a version of a row. */
export const etagOf = (version: number | string): string => `"${version}"`;

const TAG = /^(\*|(W\/)?"[^"]*"(\s*,\s*(W\/)?"[^"]*")*)$/;

/**
 * Checks `If-Match` (RFC 9110, section 13.1.1) against the version of what is to be changed, null when it is not there;
 * no header means "whatever it is". Weak tags never match.
 */
export function checkIfMatch(header: string | undefined, version: number | string | null): void {
  if (header === undefined) return;
  const text = header.trim();
  if (!TAG.test(text))
    throw RequestFault.badHeader('If-Match', 'must be * or a list of entity tags such as "3"');
  if (version === null) throw stale('This is not there (any more).');
  if (text === '*' || text.split(/\s*,\s*/).includes(etagOf(version))) return;
  throw stale(
    `This was changed meanwhile: its entity tag is now ${etagOf(version)}. Read it again and decide anew.`,
  );
}

const stale = (detail: string): Fault => new Fault({ code: 'stale_etag', category: 'precondition', detail });
