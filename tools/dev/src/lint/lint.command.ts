import { repository } from '../dev.config.js';
import { runTool } from '../process/run-tool.js';
import { checkBoundaries } from './workspace.js';

/** Runs every check, so that one run shows all there is to mend. Returns 0 if nothing was found. */
export async function lint(): Promise<number> {
  const violations = checkBoundaries(repository);
  for (const { path, line, message } of violations) process.stderr.write(`${path}:${line}: ${message}\n`);
  // What oxlint knows of types across packages it reads from what was built.
  const built = await runTool('tsc', ['-b']);
  const linted = await runTool('oxlint', ['--type-aware', 'apps', 'libs', 'tools']);
  const formatted = await runTool('prettier', ['--check', '--log-level', 'warn', '.']);
  return violations.length + built + linted + formatted === 0 ? 0 : 1;
}
