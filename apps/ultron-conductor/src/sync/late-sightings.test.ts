import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServerObservationRepository } from '@ultron/compute/server/server-observation.repository';
import { ServerRepository } from '@ultron/compute/server/server.repository';
import { newId } from '@ultron/kernel/id';
import { databaseTime } from '@ultron/platform/database/database-time';
import { change, select } from '@ultron/platform/database/statement';
import { entities } from '@ultron/schema/entities';
import { migrations } from '@ultron/schema/migrations';
import type { ObservedObject } from '@ultron/sync/kind/observed';
import { hashOf } from '@ultron/sync/observed/observed-hash.rules';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import { openTestWorld, type TestWorld } from '@ultron/testing/world/test-world';
import { serverSync } from '../compute/server.sync.js';
import { observedRows } from '../network/observed-rows.js';
import type { ClusterSyncKind } from './cluster-sync.js';

let world: TestWorld;
beforeAll(async () => {
  world = await openTestWorld({ entities, migrations });
}, 120_000);
afterAll(() => world.close());

const read = () => world.database.read;
const object = (id: string, status: string): ObservedObject => ({
  id,
  name: id,
  projectId: 'p',
  status,
  parentId: null,
  revision: 7,
  updatedAt: null,
  fields: {},
});

/** What a lane does with what it has seen. */
async function write(
  kind: Pick<ClusterSyncKind, 'applied'>,
  lane: { clusterId: string; kind: string },
  seen: ObservedObject,
  askedAt: string,
) {
  await world.database.transaction(async (tx) => {
    await new ObservedRepository().write(tx, lane, [{ object: seen, hash: hashOf(seen) }]);
    await kind.applied?.(tx, lane.clusterId, { written: [seen], missing: [], gone: [], askedAt });
  });
}

async function isNewsToLane(lane: { clusterId: string; kind: string }, id: string): Promise<boolean> {
  const known = await new ObservedRepository().known(read(), lane, [id]);
  return Number.parseInt(known.get(id)?.hash ?? '1', 16) === 0;
}

describe('what a lane saw before a task ended', () => {
  it('does not overwrite what the task knows of its server, and is seen anew', async () => {
    const [id, clusterId, openstackId] = [newId(), newId(), newId()];
    const row = {
      projectId: newId(),
      name: 'web',
      flavorId: newId(),
      imageId: newId(),
      preemptible: false,
      networkId: newId(),
      keyPairId: null,
      userData: null,
      metadata: {},
      securityGroups: [],
      placement: {},
      taskId: newId(),
    };
    await new ServerRepository().insertMany(read(), [{ ...row, id, clusterId }], new Date());
    await change(read(), 'UPDATE server SET openstack_id = ? WHERE id = ?', [openstackId, id]);
    const shown = async () => {
      const [server] = await select<{ observed_status: string }>(
        read(),
        'SELECT observed_status FROM server WHERE id = ?',
        [id],
      );
      return server?.observed_status;
    };
    const lane = { clusterId, kind: 'server' };
    const before = await databaseTime(read());
    // The watch sees it built, and the task ends; only then what was listed before is written.
    const built = { openstackId, status: 'ACTIVE', taskState: null, powerState: 1 };
    await world.database.transaction((tx) => new ServerObservationRepository().apply(tx, clusterId, [built]));
    await change(read(), `UPDATE server SET status = 'active' WHERE id = ?`, [id]);
    await write(serverSync, lane, object(openstackId, 'BUILD'), before);
    expect(await shown()).toBe('ACTIVE');
    expect(await isNewsToLane(lane, openstackId)).toBe(true);
    await write(serverSync, lane, object(openstackId, 'SHUTOFF'), await databaseTime(read()));
    expect(await shown()).toBe('SHUTOFF');
    expect(await isNewsToLane(lane, openstackId)).toBe(false);
  });

  it('does not overwrite what the task knows of its floating IP', async () => {
    const [id, clusterId, openstackId] = [newId(), newId(), newId()];
    const before = await databaseTime(read());
    await change(
      read(),
      `INSERT INTO floating_ip (id, project_id, name, description, status, task_id, version, created_at, updated_at, cluster_id,
         network_id, openstack_id, observed_status, observed_at)
       VALUES (?, ?, 'ip', '', 'active', ?, 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), ?, ?, ?, 'ACTIVE', UTC_TIMESTAMP(6))`,
      [id, newId(), newId(), clusterId, newId(), openstackId],
    );
    const shown = async () => {
      const [ip] = await select<{ observed_status: string }>(
        read(),
        'SELECT observed_status FROM floating_ip WHERE id = ?',
        [id],
      );
      return ip?.observed_status;
    };
    const lane = { clusterId, kind: 'floating_ip' };
    const kind = observedRows('floating_ip');
    await write(kind, lane, object(openstackId, 'DOWN'), before);
    expect(await shown()).toBe('ACTIVE');
    expect(await isNewsToLane(lane, openstackId)).toBe(true);
    await write(kind, lane, object(openstackId, 'ERROR'), await databaseTime(read()));
    expect(await shown()).toBe('ERROR');
  });
});
