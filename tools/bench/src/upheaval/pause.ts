export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Evenly spread between the two. */
export const between = (least: number, most: number): number => least + Math.random() * (most - least);

export function anyOf<T>(items: readonly T[]): T | undefined {
  return items[Math.floor(Math.random() * items.length)];
}

/** Each of them again and again, in another order each time: at random, and none much oftener than another. */
export function* inTurns<T>(items: readonly T[]): Generator<T, never> {
  for (;;) {
    const shuffled = items.map((item) => ({ item, at: Math.random() })).toSorted((a, b) => a.at - b.at);
    yield* shuffled.map(({ item }) => item);
  }
}
