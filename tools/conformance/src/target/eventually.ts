import { setTimeout as sleep } from 'node:timers/promises';

/** Looks until the look gives something other than undefined; fails when `seconds` are over. */
export async function eventually<Result>(
  what: string,
  look: () => Promise<Result | undefined>,
  { seconds = 120, everyMs = 150 } = {},
): Promise<Result> {
  for (const end = Date.now() + seconds * 1000; ; await sleep(everyMs)) {
    const result = await look();
    if (result !== undefined) return result;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
  }
}
