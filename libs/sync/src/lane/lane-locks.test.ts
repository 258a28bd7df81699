import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { select } from '@ultron/platform/database/statement';
import { openSyncWorld, type SyncWorld } from '../engine/engine.fixture.js';
import { LaneRepository } from './lane.repository.js';

let world: SyncWorld;
beforeAll(async () => {
  world = await openSyncWorld();
}, 60_000);
afterAll(() => world.close());

const lanes = new LaneRepository();
const KINDS = ['server', 'port', 'network', 'subnet', 'router', 'image', 'flavor', 'quota'];
const clusterIds = Array.from({ length: 40 }, () => newId());
const conductorId = newId();

it('a lane is locked by its primary key first, whoever changes it', async () => {
  const wishes = clusterIds.flatMap((clusterId) =>
    KINDS.map((kind) => ({
      clusterId,
      kind,
      domain: 'compute',
      conductorGroup: 'default',
      tier: 'gold',
      strategy: { changes: 'full', deletions: 'full' } as const,
      slowness: 1,
      resting: false,
    })),
  );
  const { read } = world.database;
  await lanes.ensure(read, wishes, 0);
  await read.query('UPDATE lane SET owner_id = ?', [conductorId]);
  await read.query('ANALYZE TABLE lane');
  const of = (kind: string) => `cluster_id = '${clusterIds[7]}' AND kind = '${kind}'`;
  const two = KINDS.slice(2, 4).map((kind) => `('${clusterIds[7]}', '${kind}')`);
  const owned = `owner_id = '${conductorId}' AND epoch = 0`;
  for (const statement of [
    `SELECT epoch FROM lane WHERE ${of('port')} AND ${owned} FOR UPDATE`,
    `UPDATE lane SET pass_mode = 'full', next_due_at = UTC_TIMESTAMP(6) WHERE ${of('port')} AND ${owned}`,
    `UPDATE lane SET owner_id = NULL, epoch = epoch + 1 WHERE (cluster_id, kind) IN (${two.join(', ')})`,
    `DELETE FROM lane WHERE (cluster_id, kind) IN (${two.join(', ')})`,
  ]) {
    const [row] = await select<{ key: string | null }>(read, `EXPLAIN ${statement}`);
    expect({ statement, key: row?.key }).toEqual({ statement, key: 'PRIMARY' });
  }
});
