import { pause } from '../process/process-record.js';
import { Advice, say } from '../progress.js';
import type { ApiClient } from './api-client.js';
import type { ClusterAccess, SimulatedCluster } from './clusters.js';

const PROBE_LIMIT_MS = 60_000;

interface Named {
  id: string;
  name: string;
}

interface Registered extends Named {
  auth_url: string;
  probe: { status: string; fault: { detail?: string } | null };
}

type NamedKind = 'idcs' | 'conductor_groups';

/** The names of all conductor groups, after those that are asked for were made where they were missing. */
export async function ensureGroups(api: ApiClient, names: readonly string[]): Promise<string[]> {
  for (const name of new Set(names)) await ensureNamed(api, 'conductor_groups', name);
  return (await listNamed(api, 'conductor_groups')).map(({ name }) => name);
}

/** Registers a cluster if it is not registered yet; brings its address up to date if it has moved. */
export async function ensureCluster(
  api: ApiClient,
  cluster: SimulatedCluster,
  access: ClusterAccess,
): Promise<void> {
  await ensureNamed(api, 'idcs', cluster.idc);
  const existing = await findCluster(api, cluster.name);
  const { username, password, project_name, user_domain_name, project_domain_name } = access;
  const credential = { username, password, project_name, user_domain_name, project_domain_name };
  if (!existing) {
    say(`registering cluster ${cluster.name} (OpenStack ${cluster.release}) in ${cluster.idc}`);
    await api.post('/v1/clusters', {
      name: cluster.name,
      idc: cluster.idc,
      conductor_group: cluster.group,
      auth_url: access.auth_url,
      region: cluster.region,
      credential,
    });
  } else if (existing.auth_url !== access.auth_url) {
    await api.patch(`/v1/clusters/${existing.id}`, { auth_url: access.auth_url, credential });
  } else if (existing.probe.status === 'failed') {
    await api.post(`/v1/clusters/${existing.id}/probe`, {});
  }
}

/** Waits until a conductor has looked at the cluster. */
export async function waitForProbe(api: ApiClient, name: string): Promise<void> {
  const deadline = Date.now() + PROBE_LIMIT_MS;
  for (;;) {
    const cluster = await findCluster(api, name);
    if (cluster?.probe.status === 'ok') return;
    if (cluster?.probe.status === 'failed') {
      throw new Advice(
        `Cluster ${name} cannot be used: ${cluster.probe.fault?.detail ?? 'for a reason unknown'}`,
      );
    }
    if (Date.now() > deadline) throw new Advice(`Cluster ${name} was not looked at within a minute.`);
    await pause(250);
  }
}

async function ensureNamed(api: ApiClient, kind: NamedKind, name: string): Promise<void> {
  if ((await listNamed(api, kind)).some((known) => known.name === name)) return;
  await api.post(`/v1/${kind}`, { name });
}

async function listNamed(api: ApiClient, kind: NamedKind): Promise<Named[]> {
  const page = await api.get<Record<NamedKind, Named[]>>(`/v1/${kind}?limit=1000`);
  return page[kind];
}

async function findCluster(api: ApiClient, name: string): Promise<Registered | null> {
  const page = await api.get<{ clusters: Named[] }>(`/v1/clusters?name=${encodeURIComponent(name)}`);
  const found = page.clusters[0];
  return found ? api.get<Registered>(`/v1/clusters/${found.id}`) : null;
}
