import { say } from '../progress.js';
import type { Tally } from '../test/test-run.js';

/** The conformance suite against the lab, where the lab is installed or can be in the time that CI has. */
export async function labTally(): Promise<Tally> {
  say('the lab is not installed here: its conformance suite was not run');
  return { passed: 0, failed: 0 };
}
