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
    // Beside each other: the suite on the lab mostly waits, and everything is built, so that lint writes nothing.
    const [lintStatus, onLab] = await Promise.all([lint(), lab.started.then(labTally)]);
    if (lintStatus !== 0) tally.failed++;
    return conclude(tally, onLab);
  } finally {
    await lab.stop();
  }
}

function conclude(tests: Tally, lab: Tally): number {
  const failed = tests.failed + lab.failed;
  process.stdout.write(`${tests.passed + lab.passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}
