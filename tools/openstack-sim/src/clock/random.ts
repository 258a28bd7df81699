/** Numbers in [0, 1); seeded, so that a run with one seed can be repeated (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A delay in milliseconds: fixed, uniform between two bounds, or log-normal with a median and a spread. */
export type Delay = number | { min: number; max: number } | { median: number; sigma: number };

export function draw(delay: Delay, random: () => number): number {
  if (typeof delay === 'number') return delay;
  if ('min' in delay) return delay.min + random() * (delay.max - delay.min);
  return delay.median * Math.exp(delay.sigma * normal(random));
}

/** A standard normal number (Box–Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
