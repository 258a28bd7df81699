const PAUSE_MS = 20;

/** Looks again and again until what it sees is good; after `ms` it throws and tells what it saw last. */
export async function eventually<T>(
  look: () => Promise<T> | T,
  good: (value: T) => boolean,
  ms = 60_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await look();
    if (good(value)) return value;
    if (Date.now() > deadline) throw new Error(`after ${ms} ms it still was ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
