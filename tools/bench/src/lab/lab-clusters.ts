import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/** The program of the lab. */
export const lab = resolve(import.meta.dirname, '../../../openstack-lab/lab');

/** A cluster of the lab and how to log in to it. */
export interface LabCluster {
  name: string;
  release: string;
  auth_url: string;
  username: string;
  password: string;
  project_name: string;
  region: string;
}

/** Starts the lab, or finds it running. Throws when it was not built. */
export async function bringUp(): Promise<LabCluster[]> {
  const { stdout } = await promisify(execFile)(lab, ['--json', 'up'], { maxBuffer: 1 << 20 });
  const { clusters } = JSON.parse(stdout) as { clusters: LabCluster[] };
  if (clusters.length === 0) throw new Error(`The lab has no cluster: run ${lab} build`);
  return clusters;
}
