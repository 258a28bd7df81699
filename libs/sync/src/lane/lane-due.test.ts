import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { openSyncWorld, type SyncWorld } from '../engine/engine.fixture.js';
import { LaneRepository } from './lane.repository.js';
import type { LaneWish } from './lane.types.js';

const lanes = new LaneRepository();
const conductorId = newId();
const KINDS = Array.from({ length: 14 }, (_, i) => `kind_${'abcdefghijklmn'[i]}`);
const FULL = { changes: 'full', deletions: 'full' } as const;
/** As many as are looked at, in one look. */
const LIMIT = 500;

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
}, 60_000);
afterEach(() => world.close());

const wish = (clusterId: string, kind: string, more: Partial<LaneWish> = {}): LaneWish => ({
  clusterId,
  kind,
  domain: 'compute',
  conductorGroup: 'default',
  tier: 'silver',
  strategy: FULL,
  slowness: 1,
  resting: false,
  ...more,
});

const query = (sql: string, ...values: unknown[]) => world.database.read.query(sql, values);

async function make(wishes: readonly LaneWish[], set: string): Promise<void> {
  await lanes.ensure(world.database.read, wishes, 0);
  const ids = [...new Set(wishes.map(({ clusterId }) => clusterId))];
  await query(`UPDATE lane SET owner_id = ?, ${set} WHERE cluster_id IN (?)`, conductorId, ids);
}

const all = (clusters: readonly string[]): LaneWish[] =>
  clusters.flatMap((clusterId) => KINDS.map((kind) => wish(clusterId, kind)));

const ago = (minutes: number) => `UTC_TIMESTAMP(6) - INTERVAL ${minutes} MINUTE`;

describe('the lanes that are due', () => {
  it('are not hidden by those of clusters that do not answer, however many those are and however long due', async () => {
    const shut = Array.from({ length: 36 }, () => newId());
    const well = newId();
    await make(all(shut), `fresh_at = ${ago(60)}, next_due_at = ${ago(59)}`);
    await make(all([well]), `fresh_at = ${ago(1)}, next_due_at = ${ago(0)}`);
    const due = await lanes.due(world.database.read, conductorId, LIMIT, shut);
    expect(due.map(({ clusterId }) => clusterId)).toEqual(KINDS.map(() => well));
  });

  it('are the most indebted, also when more are due than are looked at; those that are wanted before all', async () => {
    const many = Array.from({ length: 36 }, () => newId());
    const [late, wanted] = [newId(), newId()];
    await make(all(many), `fresh_at = ${ago(1)}, next_due_at = ${ago(50)}`);
    await make(all([late]), `fresh_at = ${ago(30)}, next_due_at = ${ago(1)}`);
    await make([wish(wanted, 'server')], `fresh_at = ${ago(0)}, next_due_at = ${ago(0)}, asked_for = 'full'`);
    const due = await lanes.due(world.database.read, conductorId, LIMIT);
    expect(due).toHaveLength(LIMIT);
    expect(due[0]?.clusterId).toBe(wanted);
    expect(new Set(due.slice(1, 1 + KINDS.length).map(({ clusterId }) => clusterId))).toEqual(
      new Set([late]),
    );
  });
});
