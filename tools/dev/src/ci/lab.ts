import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../dev.config.js';
import { runTool } from '../process/run-tool.js';
import { say } from '../progress.js';
import { readResults, type Tally } from '../test/test-run.js';

const LAB = join(repository, 'tools/openstack-lab/lab');
const LAB_COMMAND = 'tools/conformance/dist/lab/lab.command.js';

/** A lab that starts beside other work. */
export interface StartingLab {
  /** Resolves when it has started, or could not: the suite itself finds out which. */
  started: Promise<unknown>;
  /** Takes down what was brought up here. */
  stop(): Promise<void>;
}

const NOTHING: StartingLab = { started: Promise.resolve(), stop: () => Promise.resolve() };

/** Brings the lab up where it is installed and down: it takes a minute, most of which the tests do not need. */
export async function startLab(mode: string): Promise<StartingLab> {
  if (mode === 'off' || !(await isInstalledAndDown())) return NOTHING;
  const started = runTool(LAB, ['up']);
  return {
    started,
    stop: async () => {
      await started;
      await runTool(LAB, ['down']);
    },
  };
}

/** The conformance suite on the lab: where the lab is installed or can be in time, or as ULTRON_LAB (on, off) says. */
export async function labTally(): Promise<Tally> {
  say('testing on the lab');
  const exitCode = await runTool(process.execPath, [join(repository, LAB_COMMAND), '--auto']);
  const results = readResults('lab');
  const passed = results?.numPassedTests ?? 0;
  const failed = results ? results.numFailedTests + results.numRuntimeErrorTestSuites : 0;
  return { passed, failed: exitCode !== 0 && failed === 0 ? 1 : failed };
}

interface Status {
  buildable: boolean;
  built: string[];
  clusters: { healthy: boolean }[];
}

/** False also where its own program cannot run: whether that is a failure is for the suite to say. */
async function isInstalledAndDown(): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(LAB, ['status', '--json']);
    const { buildable, built, clusters } = JSON.parse(stdout) as Status;
    return buildable && built.length >= 2 && !clusters.some(({ healthy }) => healthy);
  } catch (error) {
    say(`the lab cannot be asked: ${String(error)}`);
    return false;
  }
}
