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
  server: ['compute', '/servers?all_tenants=1&limit=1000', 'servers'],
  port: ['network', '/v2.0/ports', 'ports'],
  network: ['network', '/v2.0/networks', 'networks'],
  subnet: ['network', '/v2.0/subnets', 'subnets'],
  security_group: ['network', '/v2.0/security-groups', 'security_groups'],
} as const;

/** What Ultron shows of a cluster comes to be what the cluster itself lists. */
export async function expectSameObjects(sync: SyncJob): Promise<void> {
  const cloud = await RawCloud.login(sync.access);
  for (const [kind, [service, path, name]] of Object.entries(LISTS)) {
    let differ: string[] = [];
    await eventually(
      `the ${kind} objects agree`,
      async () => {
        const shown = (await sync.objects(kind)).filter(({ presence }) => presence === 'present');
        const page = await cloud.must<Record<string, { id: string }[]>>(service, 'GET', path);
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
