import { readFileSync } from 'node:fs';
import { say } from '../progress.js';
import { ApiClient } from './api-client.js';
import { clusterAccess, type SimulatedCluster } from './clusters.js';
import { ensureCluster, ensureGroups, waitForProbe } from './registration.js';

/** `register.main.js API_URL SIMULATOR_URL NAME:RELEASE:IDC:GROUP…`: for where there is a simulator but no `npm start`. */
async function register(
  apiUrl: string,
  simulatorUrl: string,
  clusters: readonly SimulatedCluster[],
): Promise<void> {
  const api = new ApiClient(apiUrl, secretOf('ULTRON_ADMIN_TOKEN_FILE'));
  const password = secretOf('SIMULATOR_PASSWORD_FILE');
  await ensureGroups(
    api,
    clusters.map(({ group }) => group),
  );
  for (const cluster of clusters)
    await ensureCluster(api, cluster, clusterAccess(cluster, simulatorUrl, password));
  for (const { name } of clusters) await waitForProbe(api, name);
  say(`${clusters.length} clusters are registered and were looked at`);
}

function clusterOf(text: string): SimulatedCluster {
  const [name, release, idc, group] = text.split(':');
  if (!name || !release || !idc || !group) throw new Error(`"${text}" is not NAME:RELEASE:IDC:GROUP`);
  return { name, release, idc, group, region: 'RegionOne' };
}

function secretOf(variable: string): string {
  const file = process.env[variable];
  if (!file) throw new Error(`${variable} is not set`);
  return readFileSync(file, 'utf8').trim();
}

const [apiUrl = '', simulatorUrl = '', ...clusters] = process.argv.slice(2);
await register(apiUrl, simulatorUrl, clusters.map(clusterOf));
