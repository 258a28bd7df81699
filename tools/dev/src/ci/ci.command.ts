import { lint } from '../lint/lint.command.js';
import { say } from '../progress.js';
import { runAllTests } from '../test/test-run.js';
import { labTally } from './lab.js';

/** Everything a change must pass; the last line on stdout is the sum. */
export async function ci(): Promise<number> {
  const tally = await runAllTests([]);
  say('checking boundaries, promises, cycles and format');
  if ((await lint()) !== 0) tally.failed++;
  const lab = await labTally();
  tally.passed += lab.passed;
  tally.failed += lab.failed;
  process.stdout.write(`${tally.passed} passed, ${tally.failed} failed\n`);
  return tally.failed === 0 ? 0 : 1;
}
