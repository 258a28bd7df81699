import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { entities } from '@ultron/schema/entities';
import { migrations } from '@ultron/schema/migrations';
import { SyncTierRepository } from '@ultron/sync/tier/sync-tier.repository';
import { openTestWorld, type TestWorld } from '@ultron/testing/world/test-world';
import { syncClusters } from './sync-clusters.js';

let world: TestWorld;
beforeAll(async () => {
  world = await openTestWorld({ entities, migrations });
}, 60_000);
afterAll(() => world.close());

const query = (sql: string, ...values: unknown[]) => world.database.read.query(sql, values);

it('a project gives its tier to the clusters in which it has ports or floating IPs, as long as it has them', async () => {
  const now = 'UTC_TIMESTAMP(6)';
  for (const table of ['idc', 'conductor_group'])
    await query(
      `INSERT INTO ${table} (id, name, description, created_at) VALUES (?, 'here', '', ${now})`,
      newId(),
    );
  const [port, floatingIp, none] = [newId(), newId(), newId()];
  for (const id of [port, floatingIp, none])
    await query(
      `INSERT INTO cluster (id, name, idc_id, conductor_group_id, auth_url, interface, credential, created_at, updated_at)
       SELECT ?, ?, i.id, g.id, 'http://x', 'public', '{}', ${now}, ${now} FROM idc i, conductor_group g`,
      id,
      id,
    );
  const project = newId();
  await new SyncTierRepository().assign(world.database.read, {
    subject: 'project',
    subjectId: project,
    tier: 'gold',
  });
  await query(
    `INSERT INTO port (id, project_id, cluster_id, fixed_ips, created_at) VALUES (?, ?, ?, '[]', ${now})`,
    newId(),
    project,
    port,
  );
  await query(
    `INSERT INTO floating_ip (id, project_id, name, description, status, version, created_at, updated_at, cluster_id,
       network_id) VALUES (?, ?, '', '', 'active', 1, ${now}, ${now}, ?, ?)`,
    newId(),
    project,
    floatingIp,
    newId(),
  );
  const tiers = async () =>
    new Map((await syncClusters(world.database, 'here')).map(({ id, tier }) => [id, tier]));
  const before = await tiers();
  expect([port, floatingIp, none].map((id) => before.get(id))).toEqual(['gold', 'gold', 'silver']);
  await query(`UPDATE port SET deleted_at = ${now}`);
  await query(`UPDATE floating_ip SET deleted_at = ${now}`);
  expect(new Set((await tiers()).values())).toEqual(new Set(['silver']));
});
