import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../dev.config.js';
import { runTool } from '../process/run-tool.js';
import { Advice } from '../progress.js';
import { runProject } from '../bench.command.js';

const LAB_COMMAND = 'tools/conformance/dist/lab/lab.command.js';

/** `npm run test:lab`: the conformance suite against the lab's real OpenStack services. */
export async function testLab(args: string[]): Promise<number> {
  if ((await runTool('tsc', ['-b'])) !== 0) return 1;
  if (!existsSync(join(repository, LAB_COMMAND))) throw new Advice('The lab is not part of this checkout.');
  return runProject(LAB_COMMAND, args);
}
