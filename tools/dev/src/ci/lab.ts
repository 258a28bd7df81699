import { join } from 'node:path';
import { repository } from '../dev.config.js';
import { runTool } from '../process/run-tool.js';
import { say } from '../progress.js';
import { readResults, type Tally } from '../test/test-run.js';

const LAB_COMMAND = 'tools/conformance/dist/lab/lab.command.js';

/** The conformance suite on the lab: where the lab is installed or can be in time, or as ULTRON_LAB (on, off) says. */
export async function labTally(): Promise<Tally> {
  say('testing on the lab');
  const exitCode = await runTool(process.execPath, [join(repository, LAB_COMMAND), '--auto']);
  const results = readResults('lab');
  const passed = results?.numPassedTests ?? 0;
  const failed = results ? results.numFailedTests + results.numRuntimeErrorTestSuites : 0;
  return { passed, failed: exitCode !== 0 && failed === 0 ? 1 : failed };
}
