import type { Patience } from './patience.js';

/** The same items, while the next one is already being got: at most two are in memory. */
export async function* ahead<T>(source: AsyncIterable<T>, patience: Patience): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let next = settled(patience.with(iterator.next()));
  try {
    for (;;) {
      const outcome = await next;
      if ('error' in outcome) throw outcome.error;
      if (outcome.result.done) return;
      next = settled(patience.with(iterator.next()));
      yield outcome.result.value;
    }
  } finally {
    // Whoever stops early does not wait for a page that nobody wants any more.
    void next.then(() => iterator.return?.()).catch(() => undefined);
  }
}

type Outcome<T> = { result: IteratorResult<T> } | { error: unknown };

/** Never rejects, since it may be left alone while the item before is worked at. */
function settled<T>(promise: Promise<IteratorResult<T>>): Promise<Outcome<T>> {
  return promise.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
}
