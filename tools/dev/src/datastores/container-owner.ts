import { hostname } from 'node:os';
import { isRunning, recordProcess } from '../process/process-record.js';
import { runProgram } from '../process/run-program.js';

const LABEL = 'ultron.owner';
const HOST_LABEL = 'ultron.owner.host';

/** Says which process a container belongs to: it is of no use to anybody once that has ended. */
export async function ownerLabels(): Promise<string[]> {
  const { pid, startedAt } = await recordProcess('owner', process.pid);
  return ['--label', `${LABEL}=${pid}:${startedAt}`, '--label', `${HOST_LABEL}=${hostname()}`];
}

/**
 * Removes the containers of processes of this machine that were killed before they could do so. A process on another
 * machine, or in a container that shares the engine, cannot be seen from here: what is its own is left alone.
 */
export async function removeOrphans(docker: string): Promise<void> {
  const format = `{{.ID}} {{.Label "${LABEL}"}}`;
  const filters = ['--filter', `label=${LABEL}`, '--filter', `label=${HOST_LABEL}=${hostname()}`];
  const list = await runProgram(docker, ['ps', '--all', ...filters, '--format', format]);
  for (const line of list.split('\n').filter((text) => text !== '')) {
    const [id = '', owner = ''] = line.split(' ');
    const [pid, startedAt = ''] = owner.split(':');
    if (await isRunning({ name: 'owner', pid: Number(pid), startedAt })) continue;
    // Another process may be removing it, too.
    await runProgram(docker, ['rm', '--force', id]).catch(() => undefined);
  }
}
