import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../ultron/ultron.config.js';
import { lab, labStatus, type LabStatus } from './lab.js';
import { labMode } from './lab.config.js';
import { readLabOptions, USAGE, type LabOptions } from './lab.options.js';

/** Where the numbers of the last run are found; there is none when nothing was run. */
const RESULTS = join(repository, '.test-results/lab.json');
const BUILD_LIMIT_MS = 15 * 60_000;

const say = (line: string) => process.stderr.write(`${line}\n`);

/** `npm run test:lab`: brings the lab up, runs the suite on its clusters, and takes down what it has brought up. */
async function testOnLab(options: LabOptions): Promise<number> {
  const refusal = await makeReady(options);
  if (refusal) {
    say(`The suite was not run on the lab: ${refusal}`);
    return options.needed ? 1 : 0;
  }
  const ranBefore = (await labStatus()).clusters.some((cluster) => cluster.healthy);
  try {
    if (!(await lab(['up']))) return 1;
    return await runJest(options.jest);
  } finally {
    if (!options.keep && !ranBefore) await lab(['down']);
  }
}

/** Why the lab cannot be had, or null when two releases are installed. */
async function makeReady({ build }: LabOptions): Promise<string | null> {
  const status: LabStatus | null = await labStatus().catch(() => null);
  if (!status) return 'its own program needs Python 3.10 or later';
  if (!status.buildable) return 'it needs root, debootstrap and overlayfs';
  if (status.built.length >= 2) return null;
  if (!build) return 'it is not installed; --build installs it';
  return (await lab(['build'], BUILD_LIMIT_MS)) ? null : 'it could not be installed in time';
}

function runJest(args: readonly string[]): Promise<number> {
  const jest = join(repository, 'node_modules/jest/bin/jest.js');
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      jest,
      ...['--config', join(repository, 'tools/conformance/jest.lab.config.js')],
      ...['--json', `--outputFile=${RESULTS}`],
      ...args,
    ],
    { cwd: repository, stdio: ['ignore', 'ignore', 2] },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

await rm(RESULTS, { force: true });
const args = process.argv.slice(2);
if (args.includes('--help')) {
  say(USAGE);
} else {
  const options = readLabOptions(args, labMode());
  process.exitCode = options === 'off' ? 0 : await testOnLab(options);
}
