import type { Cloud } from '@ultron/openstack/cloud';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import type { Listing, ListingReport } from '@ultron/openstack/paging/listing';

const refused = new WeakMap<Cloud, Set<string>>();

/**
 * A list of everybody's objects; when the account may not see those (403), of what it may see. Which of the two it is,
 * is asked once for each client of a cluster.
 */
export function privilegedListing<T>(
  cloud: Cloud,
  what: string,
  everybodys: () => Listing<T>,
  own: () => Listing<T>,
): AsyncIterable<T[]> & { readonly report: ListingReport } {
  let listing: Listing<T> | undefined;
  return {
    get report() {
      return (listing ??= everybodys()).report;
    },
    async *[Symbol.asyncIterator]() {
      const known = refused.get(cloud) ?? new Set();
      refused.set(cloud, known);
      if (!known.has(what)) {
        listing = everybodys();
        try {
          yield* listing;
          return;
        } catch (error) {
          if (!isRefusal(error) || listing.report.pages > 0) throw error;
          known.add(what);
        }
      }
      listing = own();
      yield* listing;
    },
  };
}

const isRefusal = (error: unknown): boolean => error instanceof OpenStackError && error.status === 403;
