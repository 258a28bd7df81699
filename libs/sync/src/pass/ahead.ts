import type { InHand } from './in-hand.js';
import type { Patience } from './patience.js';

/**
 * The same pages, while the next one is already being got: at most two are in memory. With `inHand` it is got later when
 * so much is in memory that it would only wait there.
 */
export async function* ahead<T>(
  source: AsyncIterable<readonly T[]>,
  patience: Patience,
  inHand?: InHand,
): AsyncGenerator<readonly T[]> {
  const iterator = source[Symbol.asyncIterator]();
  const get = (): Promise<Outcome<T>> =>
    settled(patience.with(iterator.next())).then((outcome) => {
      inHand?.take(sizeOf(outcome));
      return outcome;
    });
  let next: Promise<Outcome<T>> | undefined = get();
  try {
    for (;;) {
      const outcome = await (next ?? get());
      next = undefined;
      try {
        if ('error' in outcome) throw outcome.error;
        if (outcome.result.done) return;
        if (!inHand?.isFull) next = get();
        yield outcome.result.value;
      } finally {
        inHand?.drop(sizeOf(outcome));
      }
    }
  } finally {
    // Whoever stops early does not wait for a page that nobody wants any more.
    void Promise.resolve(next)
      .then((outcome) => {
        if (outcome) inHand?.drop(sizeOf(outcome));
        return iterator.return?.();
      })
      .catch(() => undefined);
  }
}

type Outcome<T> = { result: IteratorResult<readonly T[], unknown> } | { error: unknown };

function sizeOf<T>(outcome: Outcome<T>): number {
  return 'error' in outcome || outcome.result.done ? 0 : outcome.result.value.length;
}

/** Never rejects, since it may be left alone while the item before is worked at. */
function settled<T>(promise: Promise<IteratorResult<readonly T[], unknown>>): Promise<Outcome<T>> {
  return promise.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
}
