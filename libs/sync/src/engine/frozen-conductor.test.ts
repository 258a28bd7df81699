import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import type { Database } from '@ultron/platform/database/database.service';
import { openDatabase } from '@ultron/platform/database/open-database';
import { change, select } from '@ultron/platform/database/statement';
import { LaneLost } from '../lane/lane.errors.js';
import { LaneRepository } from '../lane/lane.repository.js';
import type { LaneClaim } from '../lane/lane.types.js';
import { LaneConductorRepository } from '../membership/lane-conductor.repository.js';
import { MEMBER_TTL_MS } from '../membership/membership.rules.js';
import { syncEntities } from '../sync.entities.js';
import { FakeCluster, openSyncWorld, thing, until, type SyncWorld } from './engine.fixture.js';

const KINDS = ['server', 'port', 'network', 'image', 'flavor'];
const lanes = new LaneRepository();

let world: SyncWorld;
/** The connections of a conductor that does as the test says. */
let frozen: Database;
const frozenId = newId();
const alive = newId();
beforeEach(async () => {
  world = await openSyncWorld();
  frozen = await openDatabase({ url: world.url, entities: syncEntities, silenceS: MEMBER_TTL_MS / 1_000 });
}, 60_000);
afterEach(async () => {
  await frozen.close();
  await world.close();
});

const owned = async (id: string): Promise<number> => {
  const rows = await select<{ lanes: string }>(
    world.database.read,
    'SELECT COUNT(*) AS lanes FROM lane WHERE owner_id = ?',
    [id],
  );
  return Number(rows[0]?.lanes);
};

/** The lanes of a cluster, owned by the conductor that will freeze, which was heard just now. */
async function give(clusterId: string): Promise<LaneClaim[]> {
  const member = { id: frozenId, name: 'frozen', conductorGroup: 'default', domains: ['compute'] };
  await new LaneConductorRepository().beat(frozen.read, member);
  await change(frozen.read, 'UPDATE lane SET owner_id = ?, epoch = epoch + 1 WHERE cluster_id = ?', [
    frozenId,
    clusterId,
  ]);
  const rows = await select<{ kind: string; epoch: number }>(
    frozen.read,
    'SELECT kind, epoch FROM lane WHERE cluster_id = ?',
    [clusterId],
  );
  return rows.map((row) => ({ clusterId, ...row, conductorId: frozenId }));
}

describe('a conductor that falls silent in the transaction that writes a lane', () => {
  it('loses the lane as fast as all others, and writes nothing when it speaks again', async () => {
    const cluster = new FakeCluster();
    cluster.fill(5);
    const engine = world.engine([cluster], { conductorId: alive, kinds: KINDS.map((kind) => thing(kind)) });
    engine.start();
    await until(async () => (await owned(alive)) === KINDS.length, 'an owner of all');

    const claims = await give(cluster.id);
    let wake: () => void = () => undefined;
    const silence = new Promise<void>((resolve) => (wake = resolve));
    const from = performance.now();
    const pass = frozen.transaction(async (tx) => {
      for (const claim of claims) await lanes.hold(tx, claim);
      await change(tx, 'UPDATE lane SET seen_count = 4711 WHERE cluster_id = ?', [cluster.id]);
      await silence;
      await change(tx, 'UPDATE lane SET seen_count = 4712 WHERE cluster_id = ?', [cluster.id]);
    });
    const refused = expect(pass).rejects.toMatchObject({ code: 'database_unavailable' });
    await until(async () => (await owned(alive)) === KINDS.length, 'the lanes moved');
    // Usually within three seconds: the time after which a conductor counts as dead, and a look of another.
    expect(performance.now() - from).toBeLessThan(6_000);

    wake();
    await refused;
    for (const claim of claims) {
      await expect(frozen.transaction((tx) => lanes.hold(tx, claim))).rejects.toThrow(LaneLost);
    }
    const written = await select(world.database.read, 'SELECT kind FROM lane WHERE seen_count > 4710');
    expect(written).toEqual([]);
    await engine.stop();
  }, 60_000);
});
