import { isPortFree } from '../process/free-port.js';
import { endProcesses, isRunning } from '../process/process-record.js';
import { Advice, say } from '../progress.js';
import { readProcessFile } from '../supervisor/process-file.js';
import type { Instance } from './instance.js';

const GRACE_MS = 20_000;

/** Ends what an instance that was killed has left running; throws if one runs and is in order. */
export async function clearLeftovers(instance: Instance): Promise<void> {
  const file = await readProcessFile(instance.processFile);
  if (!file) return;
  if (await isRunning(file.supervisor)) {
    throw new Advice(
      `An instance with its data in ${instance.dataDir} runs already, pid ${file.supervisor.pid}. ` +
        'Set ULTRON_DATA_DIR and ULTRON_PORT_BASE for another one.',
    );
  }
  for (const { name, pid } of await endProcesses(file.processes.toReversed(), GRACE_MS)) {
    say(`ended ${name} (pid ${pid}), left over from an instance that was killed`);
  }
}

/** A port that somebody else has is named before anything is started. */
export async function requireFreePorts(ports: readonly number[]): Promise<void> {
  const taken: number[] = [];
  for (const port of ports) if (!(await isPortFree(port))) taken.push(port);
  if (taken.length === 0) return;
  throw new Advice(
    `Something else listens on port ${taken.join(', ')}. Set ULTRON_PORT_BASE to another number.`,
  );
}
