import { expect } from '@jest/globals';
import { RawCloud } from '../../shape/raw-cloud.js';
import { eventually } from '../../target/eventually.js';
import type { SyncJob } from './sync-job.js';

interface Pass {
  number: number;
  conductor_id: string;
  epoch: number;
}

/** No two conductors have read a lane in the same epoch, and no pass was made twice. */
export async function expectOneOwnerAtATime(sync: SyncJob): Promise<void> {
  for (const { kind } of await sync.lanes()) {
    const { passes } = await sync.job.ultron.must<{ passes: Pass[] }>(
      'GET',
      `/v1/syncs/${sync.clusterId}/${kind}`,
    );
    const owners = new Map<number, Set<string>>();
    for (const { epoch, conductor_id: id } of passes)
      owners.set(epoch, (owners.get(epoch) ?? new Set()).add(id));
    expect([kind, [...owners.values()].filter(({ size }) => size > 1)]).toEqual([kind, []]);
    expect([kind, new Set(passes.map(({ number }) => number)).size]).toEqual([kind, passes.length]);
  }
}

const LISTS = {
  server: ['compute', () => '/servers?limit=1000', 'servers'],
  port: ['network', (project: string) => `/v2.0/ports?project_id=${project}`, 'ports'],
  network: ['network', (project: string) => `/v2.0/networks?project_id=${project}`, 'networks'],
  subnet: ['network', (project: string) => `/v2.0/subnets?project_id=${project}`, 'subnets'],
  security_group: [
    'network',
    (project: string) => `/v2.0/security-groups?project_id=${project}`,
    'security_groups',
  ],
} as const;

/** What Ultron shows of its project in a cluster comes to be what the cluster itself lists: others may be at work too. */
export async function expectSameObjects(sync: SyncJob): Promise<void> {
  const cloud = await RawCloud.login(sync.access);
  for (const [kind, [service, path, name]] of Object.entries(LISTS)) {
    let differ: string[] = [];
    await eventually(
      `the ${kind} objects agree`,
      async () => {
        const shown = (await sync.objects(kind)).filter(
          ({ presence, project }) => presence === 'present' && project === cloud.projectId,
        );
        const page = await cloud.must<Record<string, { id: string }[]>>(
          service,
          'GET',
          path(cloud.projectId),
        );
        const there = page[name]?.map(({ id }) => id) ?? [];
        const known = shown.map(({ id }) => id);
        differ = [...there, ...known].filter((id) => !there.includes(id) || !known.includes(id));
        return differ.length === 0 ? true : undefined;
      },
      { seconds: 120, everyMs: 1_000 },
    ).catch(() => undefined);
    expect([kind, differ]).toEqual([kind, []]);
  }
}
