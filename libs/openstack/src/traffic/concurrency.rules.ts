/** Bounds of what may be in flight to one cluster. */
export interface ConcurrencyBounds {
  initial: number;
  min: number;
  max: number;
}

/** How many requests may be in flight, and how it came to that. */
export interface ConcurrencyState {
  limit: number;
  /** Until the first sign of congestion the limit doubles with each round of answers. */
  searching: boolean;
  /** Counts the decreases; answers to requests from before the last decrease say nothing new. */
  generation: number;
}

const DECREASE = 0.7;

export function initialConcurrency(bounds: ConcurrencyBounds): ConcurrencyState {
  return {
    limit: Math.min(Math.max(bounds.initial, bounds.min), bounds.max),
    searching: true,
    generation: 0,
  };
}

/**
 * After a good answer: one more for each answer while searching, later one more for each round of answers. A limit
 * that is not used proves nothing and stays.
 */
export function grow(state: ConcurrencyState, inFlight: number, bounds: ConcurrencyBounds): ConcurrencyState {
  if (inFlight * 2 < state.limit) return state;
  const step = state.searching ? 1 : 1 / state.limit;
  return { ...state, limit: Math.min(state.limit + step, bounds.max) };
}

/** After 429, 503 or a timeout: a good third less, once for each round of requests. */
export function shrink(state: ConcurrencyState, sentIn: number, bounds: ConcurrencyBounds): ConcurrencyState {
  if (sentIn < state.generation) return state;
  const limit = Math.max(state.limit * DECREASE, bounds.min);
  return { limit, searching: false, generation: state.generation + 1 };
}
