import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { openSyncWorld, type SyncWorld } from '../engine/engine.fixture.js';
import { LaneRepository } from './lane.repository.js';
import { LaneTierRepository } from './lane-tier.repository.js';
import type { LaneWish } from './lane.types.js';

const lanes = new LaneRepository();
const conductorId = newId();
const KINDS = Array.from({ length: 14 }, (_, i) => `kind_${'abcdefghijklmn'[i]}`);
const CHANGES = { changes: 'changes_since', deletions: 'ids' } as const;
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

describe('a lane of another tier', () => {
  const inMs = async (kind: string) => {
    const [row] = await world.database.read.query<Record<string, string | null>[]>(
      `SELECT ${['full', 'changes', 'ids', 'next']
        .map((mode) => `TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), ${mode}_due_at) / 1000 AS ${mode}`)
        .join(', ')} FROM lane WHERE kind = ?`,
      [kind],
    );
    return Object.fromEntries(
      Object.entries(row ?? {}).map(([mode, ms]) => [mode, ms === null ? null : Number(ms)]),
    );
  };
  const change = async (tier: string) => {
    const clusterId = newId();
    const before = [wish(clusterId, 'changes', { strategy: CHANGES }), wish(clusterId, 'full')];
    await make(
      before,
      `full_due_at = UTC_TIMESTAMP(6) + INTERVAL 14 MINUTE, next_due_at = UTC_TIMESTAMP(6) + INTERVAL 50 SECOND`,
    );
    const soon = 'UTC_TIMESTAMP(6) + INTERVAL 50 SECOND';
    await query(`UPDATE lane SET changes_due_at = ${soon}, ids_due_at = ${soon} WHERE kind = 'changes'`);
    const wishes = before.map((one) => ({ ...one, tier }));
    await new LaneTierRepository().hasten(world.database.read, wishes);
    await lanes.ensure(world.database.read, wishes, 0);
  };

  it('is due within the times of that one, and nothing of it at once', async () => {
    await change('gold');
    const listed = await inMs('changes');
    expect(listed['full']).toBeGreaterThan(149_000);
    expect(listed['full']).toBeLessThan(300_001);
    expect(listed['changes']).toBeGreaterThan(1_500);
    expect(listed['changes']).toBeLessThan(5_001);
    expect(listed['ids']).toBeLessThan(7_501);
    expect(listed['next']).toBe(Math.min(listed['changes'] ?? 0, listed['ids'] ?? 0));
    const read = await inMs('full');
    expect(read['full']).toBeGreaterThan(2_500);
    expect(read['full']).toBeLessThan(7_501);
    expect(read).toMatchObject({ changes: null, ids: null, next: read['full'] });
  });

  it('keeps its times when they come sooner', async () => {
    await change('bronze');
    const { full, changes, ids, next } = await inMs('changes');
    expect(full).toBeGreaterThan(800_000);
    for (const ms of [changes, ids, next]) {
      expect(ms).toBeGreaterThan(40_000);
      expect(ms).toBeLessThan(50_001);
    }
  });
});
