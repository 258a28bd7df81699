// Runs the tests of one package and leaves their numbers in .test-results, from where they are summed up.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');
const [name, ...rest] = process.argv.slice(2);
// A test that hangs is a failure of its package, not of the whole run.
const LIMIT_MS = 20 * 60_000;
// Two files of a package at a time, and two packages: much of a test's time is waiting for a database or a lease.
// Those of the conformance suite wait most of the time: for conductors that were killed, and clusters that take theirs.
// Those of the conductor take longest of all, and are alone in the end.
const WORKERS = { '@ultron/conformance': 4, '@ultron/conductor': 3 }[name] ?? 2;
const results = join(repository, '.test-results', `${name}.json`);
mkdirSync(dirname(results), { recursive: true });
rmSync(results, { force: true });
// nx asks for colours, whatever the person has asked for.
const { FORCE_COLOR, ...plain } = process.env;
const env = plain.NO_COLOR ? plain : { ...plain, FORCE_COLOR };
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(repository, 'node_modules/jest/bin/jest.js'),
    ...['--selectProjects', name, '--passWithNoTests', '--json', `--outputFile=${results}`],
    `--maxWorkers=${WORKERS}`,
    ...rest,
  ],
  { cwd: repository, env, stdio: ['ignore', 'ignore', 'inherit'], timeout: LIMIT_MS, killSignal: 'SIGKILL' },
);
process.exit(status ?? 1);
