import type { Answer, Incoming } from '../http/answer.js';

/**
 * Answers of the past: while a "stale page" fault holds, a list that was answered once is answered the same again
 * until it is so old, as if it came from a cache or a database copy that lags behind.
 */
export class StalePages {
  readonly #pages = new Map<string, { at: number; answer: Answer }>();

  answer(incoming: Incoming, staleMs: number, fresh: () => Answer): Answer {
    if (staleMs <= 0 || incoming.method !== 'GET') return fresh();
    const key = `${incoming.cluster.name} ${incoming.service} ${incoming.path}?${incoming.query}`;
    const kept = this.#pages.get(key);
    if (kept && Date.now() - kept.at < staleMs) return kept.answer;
    const made = fresh();
    if (made.reply.status === 200) this.#pages.set(key, { at: Date.now(), answer: made });
    return made;
  }
}
