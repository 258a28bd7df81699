const FIRST_S = 30;
const MOST_S = 900;

/** After how many seconds a segment is tried again that failed so often before. */
export function retryAfterS(tries: number): number {
  return Math.min(MOST_S, FIRST_S * 2 ** Math.min(tries, 10));
}
