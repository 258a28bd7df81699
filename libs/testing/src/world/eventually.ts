const PAUSE_MS = { first: 20, most: 100 };

/** Looks again and again until what it sees is good; after `ms` it throws and tells what it saw last. */
export async function eventually<T>(
  look: () => Promise<T> | T,
  good: (value: T) => boolean,
  ms = 60_000,
): Promise<T> {
  const begun = Date.now();
  for (;;) {
    const value = await look();
    if (good(value)) return value;
    const elapsed = Date.now() - begun;
    if (elapsed > ms) throw new Error(`after ${ms} ms it still was ${JSON.stringify(value)}`);
    // Those who wait long must not take the processor from what they wait for.
    const pause = Math.min(PAUSE_MS.first + elapsed / 20, PAUSE_MS.most);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
