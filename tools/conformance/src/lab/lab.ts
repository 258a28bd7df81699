import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LAB = fileURLToPath(new URL('../../../openstack-lab/lab', import.meta.url));

export interface LabCluster {
  name: string;
  release: string;
  auth_url: string;
  username: string;
  password: string;
  project_name: string;
  user_domain_name: string;
  project_domain_name: string;
  region: string;
  /** The folder with the log files of its services. */
  logs: string;
  /** Where its services tell what they do: `amqp://…`. */
  broker: string;
  healthy: boolean;
}

export interface LabStatus {
  /** Whether this machine has what building and running take. */
  buildable: boolean;
  /** Releases whose clusters can be started. */
  built: string[];
  clusters: LabCluster[];
}

export async function labStatus(): Promise<LabStatus> {
  const { stdout } = await run(LAB, ['status', '--json']);
  return JSON.parse(stdout) as LabStatus;
}

/** Runs a command of the lab, whose progress goes to stderr; whether it succeeded, and did within the time. */
export function lab(args: readonly string[], timeoutMs?: number): Promise<boolean> {
  const child = spawn(LAB, args, { stdio: ['ignore', 2, 2], timeout: timeoutMs });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
