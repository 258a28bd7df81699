import type { ObservedListing } from '@ultron/sync/kind/observed';

interface Pages<T> extends AsyncIterable<readonly T[]> {
  readonly report: ObservedListing['report'];
}

/** Several lists as one, one after the other: complete when all of them were. */
export function joinedListing<T>(parts: readonly Pages<T>[]): Pages<T> {
  return {
    get report() {
      return {
        restarts: parts.reduce((sum, part) => sum + part.report.restarts, 0),
        complete: parts.every((part) => part.report.complete),
      };
    },
    async *[Symbol.asyncIterator]() {
      for (const part of parts) yield* part;
    },
  };
}
