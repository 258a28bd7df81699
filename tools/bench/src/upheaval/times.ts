import { quantile } from '../figures.js';
import type { Switch } from './audit.js';
import type { Deed, DeedKind } from './disturber.js';

/** A lane that was taken after this is not told apart from one that was moved for another reason. */
const WITHIN_MS = 30_000;

/** How long the lanes of conductors that died or hung waited for another, one number for each lane that was taken. */
export function takenAfter(deeds: readonly Deed[], what: DeedKind, switches: readonly Switch[]): number[] {
  return deeds
    .filter((deed) => deed.what === what)
    .flatMap(({ id, at, until }) =>
      switches
        .filter(
          (one) => one.from === id && !one.moved && one.at >= at && one.at <= Math.min(until, at + WITHIN_MS),
        )
        .map((one) => one.at - at),
    );
}

export interface Span {
  from: number;
  until: number;
}

/**
 * How long lanes had no owner at all, in ms: those of conductors that ended, and those of clusters that changed their group.
 * Without those that nobody could take since nobody served the group.
 */
export function ownerless(switches: readonly Switch[], unserved: Span): { ended: number[]; moved: number[] } {
  const gaps = { ended: [] as number[], moved: [] as number[] };
  for (const own of Map.groupBy(switches, ({ clusterId, kind }) => `${clusterId}/${kind}`).values()) {
    own.forEach((one, index) => {
      const next = own[index + 1];
      if (one.to !== null || next?.to == null) return;
      if (one.at < unserved.until && next.at > unserved.from) return;
      gaps[one.moved ? 'moved' : 'ended'].push(next.at - one.at);
    });
  }
  return gaps;
}

/** The lanes that went from a conductor that was being drained to another. */
export function drained(
  deeds: readonly Deed[],
  switches: readonly Switch[],
): { lanes: number; ownerless: number } {
  const own = deeds
    .filter(({ what }) => what === 'drained')
    .flatMap(({ id, at, until }) =>
      switches.filter((one) => one.from === id && !one.moved && one.at >= at && one.at <= until),
    );
  return { lanes: own.length, ownerless: own.filter(({ to }) => to === null).length };
}

/** Of none: 0, since nothing waited. */
export const share = (values: readonly number[], q: number): number =>
  values.length === 0 ? 0 : quantile(values, q);
