import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import { openSyncWorld, type SyncWorld } from '../engine/engine.fixture.js';
import { OwnershipRepository } from '../membership/ownership.repository.js';
import { noCounts, type PassMode } from '../pass/pass.types.js';
import { PASSES_KEPT, SyncPassRepository } from '../pass/sync-pass.repository.js';
import { LaneViewRepository } from './lane-view.repository.js';
import { LaneRepository } from './lane.repository.js';
import type { LaneClaim, PassEnd } from './lane.types.js';

let world: SyncWorld;
let claim: LaneClaim;
beforeAll(async () => {
  world = await openSyncWorld();
}, 60_000);
afterAll(() => world.close());

const lanes = new LaneRepository();
const views = new LaneViewRepository();
const ownerships = new OwnershipRepository();

beforeEach(async () => {
  const key = { clusterId: newId(), kind: 'server' };
  const strategy = { changes: 'changes_since', deletions: 'changes_since' } as const;
  const place = { domain: 'compute', conductorGroup: 'default', tier: 'gold' };
  await lanes.ensure(world.database.read, [{ ...key, ...place, strategy, slowness: 1, resting: false }], 0);
  claim = { ...key, conductorId: newId(), epoch: 0 };
  await set('owner_id = ?, full_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY', claim.conductorId);
});

const set = (sql: string, ...values: unknown[]) =>
  change(world.database.read, `UPDATE lane SET ${sql} WHERE cluster_id = ?`, [...values, claim.clusterId]);

async function lane() {
  const [row] = await select<{ asked_for: string | null; pass_mode: string | null; due: number }>(
    world.database.read,
    'SELECT asked_for, pass_mode, next_due_at <= UTC_TIMESTAMP(6) AS due FROM lane WHERE cluster_id = ?',
    [claim.clusterId],
  );
  return { askedFor: row?.asked_for, mode: row?.pass_mode, due: Number(row?.due) };
}

/** The lane is chosen for what is asked for, and its pass begins. */
async function beginWhatIsAsked(mode: PassMode): Promise<void> {
  await views.runNow(world.database.read, claim, mode);
  expect(await lanes.begin(world.database.read, claim, mode, mode)).toBe(true);
  expect(await lane()).toEqual({ askedFor: null, mode, due: 0 });
}

describe('a pass that somebody asked for', () => {
  it.each<[string, () => Promise<unknown>]>([
    [
      'dies with its conductor',
      () =>
        ownerships.take(world.database.read, newId(), {
          conductorGroup: 'default',
          clusterIds: [claim.clusterId],
          domains: ['compute'],
          atOnce: 10,
        }),
    ],
    ['is left by its conductor', () => ownerships.release(world.database.read, claim.conductorId)],
    [
      'could not be recorded',
      async () => {
        await set('pass_started_at = UTC_TIMESTAMP(6) - INTERVAL 11 SECOND');
        expect(await lanes.resume(world.database.read, claim.conductorId, [])).toBe(1);
      },
    ],
    [
      'is cut off by a change of the group',
      () => lanes.moveToGroup(world.database.read, claim.clusterId, 'east'),
    ],
  ])('is begun again when it %s', async (_, end) => {
    await beginWhatIsAsked('full');
    await end();
    expect(await lane()).toEqual({ askedFor: 'full', mode: null, due: 1 });
  });

  it('is begun again for all that was asked, whatever was asked since', async () => {
    await beginWhatIsAsked('full');
    await views.runNow(world.database.read, claim, 'changes');
    await ownerships.release(world.database.read, claim.conductorId);
    expect(await lane()).toMatchObject({ askedFor: 'full' });
  });
});

describe('a wish', () => {
  it('that came after the pass was chosen is not served by it', async () => {
    await views.runNow(world.database.read, claim, 'full');
    expect(await lanes.begin(world.database.read, claim, 'changes', null)).toBe(true);
    expect(await lane()).toEqual({ askedFor: 'full', mode: 'changes', due: 0 });
  });

  it('for everything is not replaced by one for less', async () => {
    for (const mode of ['changes', 'full', 'ids'] as const) {
      await views.runNow(world.database.read, claim, mode);
      expect(await lane()).toMatchObject({ askedFor: mode === 'changes' ? 'changes' : 'full' });
    }
  });

  it('is not made by a change of hands while the lane is at rest', async () => {
    await ownerships.release(world.database.read, claim.conductorId);
    expect(await lane()).toMatchObject({ askedFor: null, mode: null });
  });
});

describe('the passes of a lane', () => {
  it('are shown as far as they are kept, the last first', async () => {
    const history = new SyncPassRepository();
    const end: PassEnd = {
      mode: 'changes',
      outcome: 'complete',
      counts: noCounts(),
      fault: null,
      next: {},
      refreshed: true,
      durationMs: 1,
      brakeBefore: 'off',
    };
    for (let pass = 0; pass < PASSES_KEPT + 5; pass += 1) {
      await lanes.begin(world.database.read, claim, 'changes', null);
      await history.record(world.database.read, claim, end);
      await lanes.finish(world.database.read, claim, end);
    }
    const shown = await views.passes(world.database.read, claim);
    const numbers = Array.from({ length: PASSES_KEPT }, (_, index) => PASSES_KEPT + 5 - index);
    expect(shown.map(({ number }) => number)).toEqual(numbers);
  });
});
