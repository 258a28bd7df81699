import { join } from 'node:path';
import type { ClusterAccess } from './clusters.js';
import type { Instance } from './instance.js';
import type { StartOptions } from './start.options.js';

export interface Announcement {
  instance: Instance;
  options: StartOptions;
  clusters: readonly ClusterAccess[];
  token: string;
  /** Process ids by name. */
  pids: Record<string, number>;
}

/** Says that the instance is ready, to a script or to a person. */
export function announce(announcement: Announcement): void {
  const { instance, options, clusters, token, pids } = announcement;
  process.stderr.write(forPeople(announcement));
  if (!options.json) return;
  const line = { url: instance.url, token, clusters, pids, data_dir: instance.dataDir };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function forPeople({ instance, clusters, token }: Announcement): string {
  const lines = [
    '',
    `Ultron is ready:  ${instance.url}`,
    `API page:         ${instance.url}/docs`,
    `Token:            ${token}`,
    `Clusters:         ${clusters.map(({ name, release }) => `${name} (${release})`).join(', ') || 'none yet'}`,
    `Logs:             ${instance.logs}`,
    `Processes:        ${instance.processFile}`,
    '',
  ];
  if (clusters.length > 0) lines.push('Create 20 servers:', '', createServers(instance.url, token), '');
  lines.push('Ctrl-C stops everything; the data stays in ' + join(instance.dataDir, ''), '');
  return lines.join('\n');
}

function createServers(url: string, token: string): string {
  const body = { name: 'web', count: 20, flavor: 'm1.small', image: 'cirros', network: 'private' };
  return [
    `curl -sS ${url}/v1/servers \\`,
    `  -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(body)}'`,
  ].join('\n');
}
