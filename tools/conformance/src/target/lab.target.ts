import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { labStatus, type LabCluster } from '../lab/lab.js';
import type { ClusterAccess } from '../shape/raw-cloud.js';
import type { Target } from './target.js';

/** Where the log files of a service are found, by the beginning of their names. */
const LOGS = { compute: 'nova-', network: 'neutron-' };

/** The clusters of the lab that run now; `npm run test:lab` sees to it that they do. */
export async function labTarget(): Promise<Target> {
  const status = await labStatus();
  const healthy = status.clusters.filter((cluster) => cluster.healthy);
  if (healthy.length < 2)
    throw new Error(`The lab has ${healthy.length} healthy clusters, two are needed: lab up`);
  const named = new Map(healthy.map((cluster) => [cluster.name, cluster]));
  return {
    kind: 'lab',
    clusters: healthy.map(accessOf),
    noted: (cluster, service, requestId) =>
      search(named.get(cluster.name)?.logs ?? '', LOGS[service], requestId),
    broker: ({ name }) => named.get(name)?.broker ?? null,
    close: () => Promise.resolve(),
  };
}

function accessOf(cluster: LabCluster): ClusterAccess {
  return {
    name: cluster.name,
    release: cluster.release,
    authUrl: cluster.auth_url,
    username: cluster.username,
    password: cluster.password,
    projectName: cluster.project_name,
    userDomainName: cluster.user_domain_name,
    projectDomainName: cluster.project_domain_name,
    region: cluster.region,
  };
}

/** The lines of a service's log files that hold the text. */
async function search(folder: string, prefix: string, text: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  const lines: string[] = [];
  for (const file of files) {
    for await (const line of createInterface({ input: createReadStream(`${folder}/${file}`) })) {
      if (line.includes(text)) lines.push(`${file}: ${line}`);
    }
  }
  return lines;
}
