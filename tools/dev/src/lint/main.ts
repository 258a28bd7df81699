import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../dev.config.js';
import { checkBoundaries } from './workspace.js';

// Runs every check, so that one run shows all there is to mend.
const violations = checkBoundaries(repository);
for (const { path, line, message } of violations) process.stderr.write(`${path}:${line}: ${message}\n`);
const passed = [
  violations.length === 0,
  runs('oxlint', ['--type-aware', 'apps', 'libs', 'tools']),
  runs('prettier', ['--check', '--log-level', 'warn', '.']),
];
process.exitCode = passed.every(Boolean) ? 0 : 1;

function runs(program: string, args: readonly string[]): boolean {
  const path = join(repository, 'node_modules/.bin', program);
  return spawnSync(path, args, { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}
