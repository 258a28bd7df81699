import type { Cloud } from '@ultron/openstack/cloud';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import type { Listing, ListingReport } from '@ultron/openstack/paging/listing';

/** That the account was not let see everybody's objects. */
interface Refusal {
  /** In a row. */
  times: number;
  at: number;
}

/** Refused so often, the account is one that may not see others' objects. */
const CERTAIN = 2;
/** Whether it may by now is asked so seldom: rights change, and a service may err for a while. */
const ASKED_AGAIN_MS = 15 * 60_000;

const refusals = new WeakMap<Cloud, Map<string, Refusal>>();

/**
 * A list of everybody's objects; when the account may not see those (403), of what it may see. The first such list is
 * never complete: what it does not show may only have been out of sight.
 *
 * @param what Lists of the same are refused together.
 */
export function privilegedListing<T>(
  cloud: Cloud,
  what: string,
  everybodys: () => Listing<T>,
  own: () => Listing<T>,
  now: () => number = () => performance.now(),
): AsyncIterable<T[]> & { readonly report: ListingReport } {
  let listing: Listing<T> | undefined;
  let isCertain = true;
  return {
    get report() {
      const { report } = (listing ??= everybodys());
      return isCertain ? report : { ...report, complete: false };
    },
    async *[Symbol.asyncIterator]() {
      const known = refusals.get(cloud) ?? new Map<string, Refusal>();
      refusals.set(cloud, known);
      const before = known.get(what);
      if (!before || before.times < CERTAIN || now() - before.at >= ASKED_AGAIN_MS) {
        listing = everybodys();
        try {
          yield* listing;
          known.delete(what);
          return;
        } catch (error) {
          if (!isRefusal(error) || listing.report.pages > 0) throw error;
        }
        const times = (before?.times ?? 0) + 1;
        known.set(what, { times, at: now() });
        isCertain = times >= CERTAIN;
      }
      listing = own();
      yield* listing;
    },
  };
}

const isRefusal = (error: unknown): boolean => error instanceof OpenStackError && error.status === 403;
