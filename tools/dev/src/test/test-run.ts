import { globSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivatePair } from '../datastores/private-pair.js';
import { readDevConfig, repository } from '../dev.config.js';
import { runTool } from '../process/run-tool.js';
import { say } from '../progress.js';

export interface Tally {
  passed: number;
  failed: number;
}

const RESULTS = join(repository, '.test-results');

/** Builds everything and runs every test against a database and a Redis of this run's own. */
export async function runAllTests(nxArguments: readonly string[]): Promise<Tally> {
  say('building');
  const buildFailed = (await runTool('nx', ['run-many', '-t', 'build', ...QUIET])) !== 0;
  // Numbers of an earlier run must not stand for a package that cannot be built now; others come back from the cache.
  const isPartial = nxArguments.length > 0;
  if (buildFailed || isPartial) rmSync(RESULTS, { recursive: true, force: true });
  const exitCode = await withPair((env) =>
    runTool('nx', ['run-many', '-t', 'test', ...QUIET, ...nxArguments], env),
  );
  const tally = countResults(isPartial);
  if (buildFailed) tally.failed++;
  // Something failed that no test told, e.g. a package whose tests could not be loaded.
  if (exitCode !== 0 && tally.failed === 0) tally.failed = 1;
  return tally;
}

const QUIET = ['--output-style=static', '--parallel=2'];

/** Runs the work with the addresses of two servers that are its own, and stops them afterwards, whatever happens. */
async function withPair(work: (env: Record<string, string>) => Promise<number>): Promise<number> {
  const config = readDevConfig();
  if (config.testDatabaseUrl && config.testRedisUrl) return work({});
  say('starting a database and a Redis for this run');
  // A short path: sockets live in it.
  const folder = await mkdtemp(join(tmpdir(), 'ultron-test-'));
  const { cacheDir, datastoreSources: sources } = config;
  const pair = await startPrivatePair({ folder, cacheDir, sources });
  try {
    return await work({
      ULTRON_TEST_DATABASE_URL: config.testDatabaseUrl ?? pair.databaseUrl,
      ULTRON_TEST_REDIS_URL: config.testRedisUrl ?? pair.redisUrl,
    });
  } finally {
    await pair.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface JestResults {
  numPassedTests: number;
  numFailedTests: number;
  /** Test files that could not even be loaded. */
  numRuntimeErrorTestSuites: number;
}

/** The sum over the packages of this workspace, whether they ran now or their results came from the cache. */
function countResults(isPartial: boolean): Tally {
  const tally: Tally = { passed: 0, failed: 0 };
  for (const name of testedPackages()) {
    const results = readResults(name);
    if (!results && isPartial) continue;
    if (!results) {
      say(`${name} gave no results`);
      tally.failed++;
      continue;
    }
    tally.passed += results.numPassedTests;
    tally.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  }
  return tally;
}

function testedPackages(): string[] {
  return globSync('{apps,libs,tools}/*/tsconfig.json', { cwd: repository }).map((path) => {
    const manifest = readFileSync(join(repository, path, '../package.json'), 'utf8');
    return (JSON.parse(manifest) as { name: string }).name;
  });
}

/** What the last run of a package left, or of the lab's suite under the name `lab`; null when it did not run. */
export function readResults(name: string): JestResults | null {
  try {
    return JSON.parse(readFileSync(join(RESULTS, `${name}.json`), 'utf8')) as JestResults;
  } catch {
    return null;
  }
}
