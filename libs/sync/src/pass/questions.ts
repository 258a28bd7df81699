import type { ObservedObject } from '../kind/observed.js';

const AT_ONCE = 8;
/** Single objects fail for reasons of their own (their cell is down); after so many the rest waits for the next time. */
const MOST_FAILURES = 8;

/** What came of asking for objects by their ids; what was not asked is in none of the lists. */
export interface Answers<Asked> {
  found: ObservedObject[];
  absent: Asked[];
  failed: Asked[];
  /** The first that went wrong. */
  error?: unknown;
}

/** Asks for some at a time. One that fails does not keep the others from being asked; the end of the pass does. */
export async function askFor<Asked extends { id: string }>(
  wanted: readonly Asked[],
  find: (id: string) => Promise<ObservedObject | null>,
  signal: AbortSignal,
): Promise<Answers<Asked>> {
  const answers: Answers<Asked> = { found: [], absent: [], failed: [] };
  const rest = wanted.values();
  const worker = async (): Promise<void> => {
    for (const one of rest) {
      if (signal.aborted) answers.error ??= signal.reason;
      if (signal.aborted || answers.failed.length >= MOST_FAILURES) return;
      try {
        const object = await find(one.id);
        if (object) answers.found.push(object);
        else answers.absent.push(one);
      } catch (error) {
        answers.failed.push(one);
        answers.error ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}
