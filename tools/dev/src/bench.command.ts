import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repository } from './dev.config.js';
import { runTool } from './process/run-tool.js';

/** `npm run bench`: builds everything and hands over to the bench, whose output is the command's own. */
export async function bench(args: string[]): Promise<number> {
  if ((await runTool('tsc', ['-b'])) !== 0) return 1;
  return runProject('tools/bench/dist/main.js', args);
}

/** Runs a built program of the project with this process's own input and output. */
export function runProject(path: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [join(repository, path), ...args], { stdio: 'inherit' });
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => child.kill(name));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
