import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../dev.config.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a program of node_modules/.bin, or another one by its path, in the repository, with its output on stderr.
 * Returns its exit code; a program that was killed counts as 1.
 */
export function runTool(
  program: string,
  args: readonly string[],
  env?: Record<string, string>,
): Promise<number> {
  const path = program.includes('/') ? program : join(repository, 'node_modules/.bin', program);
  const child = spawn(path, args, {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: ['ignore', process.stderr, process.stderr],
  });
  // Who asks this process to end means the program; what comes after it, such as stopping servers, is still done.
  const hand = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, hand);
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  }).finally(() => {
    for (const signal of SIGNALS) process.off(signal, hand);
  });
}
