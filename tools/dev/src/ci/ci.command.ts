import { readDevConfig } from '../dev.config.js';
import { lint } from '../lint/lint.command.js';
import { say } from '../progress.js';
import { runAllTests, type Tally } from '../test/test-run.js';
import { labTally, startLab } from './lab.js';

/** Everything a change must pass; the last line on stdout is the sum. */
export async function ci(): Promise<number> {
  const lab = await startLab(readDevConfig().labMode);
  try {
    const tally = await runAllTests([]);
    say('checking boundaries, promises, cycles and format');
    if ((await lint()) !== 0) tally.failed++;
    await lab.started;
    return conclude(tally, await labTally());
  } finally {
    await lab.stop();
  }
}

function conclude(tests: Tally, lab: Tally): number {
  const failed = tests.failed + lab.failed;
  process.stdout.write(`${tests.passed + lab.passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}
