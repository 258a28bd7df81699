import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { newContext } from '@ultron/platform/context/request-context';
import { Database } from '@ultron/platform/database/database.service';
import { AdoptionRuleRepository } from '@ultron/reconcile/adoption/adoption-rule.repository';
import { ClusterPlaces } from '@ultron/reconcile/cluster-place.repository';
import type { Drift } from '@ultron/reconcile/finding/finding.kinds';
import { FindingRepository } from '@ultron/reconcile/finding/finding.repository';
import { RoundRepository } from '@ultron/reconcile/round/round.repository';
import { LaneTrustRepository } from '@ultron/reconcile/round/lane-trust.repository';
import { SelfRepair } from '@ultron/reconcile/round/self-repair';
import { hashOf } from '@ultron/sync/observed/observed-hash.rules';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import { addProbedClusters } from '../testing/compute.fixture.js';
import { TestApi } from '../testing/api.fixture.js';

let api: TestApi;
let database: Database;
let findings: FindingRepository;
let rounds: RoundRepository;
let clusterId: string;

beforeAll(async () => {
  api = await TestApi.start();
  clusterId = (await addProbedClusters(api, { 'east-1': 100 })).get('east-1') ?? '';
  database = api.app.get(Database, { strict: false });
  findings = api.app.get(FindingRepository, { strict: false });
  rounds = api.app.get(RoundRepository, { strict: false });
  await rounds.ensure(database.read);
}, 120_000);
afterAll(() => api.close());
beforeEach(async () => {
  for (const table of ['finding', 'finding_event', 'adoption', 'adoption_rule', 'reconcile_policy'])
    await database.read.query(`DELETE FROM ${table}`);
  await rounds.release(database.read, clusterId);
});

const HOUR_MS = 60 * 60_000;

/** All that is timed but the date. */
const TIMERS = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

const drift = (more: Partial<Drift>): Drift => {
  const id = newId();
  return {
    kind: 'leaked_port',
    subject: { kind: 'port', id },
    projectId: null,
    openstackId: id,
    evidence: {},
    proposal: { action: 'delete', what: 'delete the port' },
    ...more,
  };
};
const orphan = (id: string): Drift =>
  drift({
    kind: 'orphan',
    subject: { kind: 'server', id },
    openstackId: id,
    proposal: { action: 'adopt', what: 'adopt it' },
  });

const report = (drifts: readonly Drift[]) =>
  database.transaction((tx) => findings.report(tx, clusterId, drifts));

async function act(most: number, owned = 10_000) {
  const cluster = await api.app.get(ClusterPlaces, { strict: false }).get(database.read, clusterId);
  const { signal } = new AbortController();
  const place = { cluster, tier: 'gold', owned };
  return api.app.get(SelfRepair, { strict: false }).act(place, newContext(), signal, most);
}

const states = async (kind: string): Promise<string[]> => {
  const { body } = await api.ask('GET', `/v1/findings?kind=${kind}&limit=1000`);
  return (body['findings'] as { state: string }[]).map(({ state }) => state);
};

describe('what policy has repaired', () => {
  it('is repaired behind however much that it does not', async () => {
    const shown = Array.from({ length: 12 }, () => orphan(newId()));
    const asked = Array.from({ length: 12 }, () =>
      drift({ kind: 'stale', subject: { kind: 'server', id: newId() } }),
    );
    await report([...shown, ...asked]);
    await report([drift({}), drift({}), drift({})]);
    expect(await act(2)).toEqual({ repairs: 2, adoptions: 0 });
    expect((await states('leaked_port')).toSorted()).toEqual(['open', 'repairing', 'repairing']);
    expect(await act(2)).toMatchObject({ repairs: 1 });
    expect(new Set([...(await states('orphan')), ...(await states('stale'))])).toEqual(new Set(['open']));
  });

  it('is counted in full for the brake, however little of it may begin at once', async () => {
    await report(Array.from({ length: 21 }, () => drift({})));
    expect(await act(2, 200)).toEqual({ repairs: 0, adoptions: 0 });
    expect(await rounds.find(database.read, clusterId)).toMatchObject({
      brakeReason: expect.stringMatching(/^21 findings want a repair at once; of 200 things at most 20 may/),
    });
  });

  it('is counted once by rounds that overlap', async () => {
    await rounds.setLimits(database.read, clusterId, { maxPerHour: 10, maxShare: null });
    await report(Array.from({ length: 8 }, () => drift({})));
    const some = await Promise.all([act(100), act(100), act(100)]);
    expect(some.map(({ repairs }) => repairs).toSorted()).toEqual([0, 0, 8]);
    expect(await rounds.find(database.read, clusterId)).toMatchObject({ brakedAt: null });
    await rounds.setLimits(database.read, clusterId, { maxPerHour: null, maxShare: null });
  });
});

describe('repairs of the last hour', () => {
  const begun = async (clock: number): Promise<number> => {
    const id = newId();
    await report([drift({ subject: { kind: 'port', id } })]);
    const [row] = await database.read.query<{ id: string }[]>('SELECT id FROM finding WHERE subject_id = ?', [
      id,
    ]);
    jest.useFakeTimers({ now: Date.now() + clock, doNotFake: [...TIMERS] });
    try {
      const entry = { findingId: row?.id ?? '', action: 'repair_begun', actor: 'reconciler' } as const;
      await findings.audit(database.read, [entry]);
    } finally {
      jest.useRealTimers();
    }
    const counts = await rounds.begunLastHour(database.read, clusterId);
    return counts.reduce((sum, { n }) => sum + n, 0);
  };
  it('are those by the clock of the database, wherever those of conductors are', async () => {
    expect(await begun(-2 * HOUR_MS)).toBe(1);
    expect(await begun(2 * HOUR_MS)).toBe(2);
    await rounds.release(database.read, clusterId);
    expect(await rounds.begunLastHour(database.read, clusterId)).toEqual([]);
  });
});

describe('a lane', () => {
  const MINUTE_MS = 60_000;

  it('is too old after a quarter of an hour, or twice what its tier wants', async () => {
    const stale = async (minutes: number): Promise<boolean | undefined> => {
      await database.read.query('UPDATE lane SET fresh_at = UTC_TIMESTAMP(6) - INTERVAL ? MINUTE', [minutes]);
      const { lanes } = await api.app
        .get(LaneTrustRepository, { strict: false })
        .ofCluster(database.read, clusterId);
      return lanes.get('server')?.stale;
    };
    await database.read.query(
      `INSERT INTO lane (cluster_id, kind, domain, conductor_group, tier, changes_by, deletions_by, next_due_at,
         full_due_at, created_at)
       VALUES (?, 'server', 'compute', 'default', 'bronze', 'changes_since', 'changes_since', UTC_TIMESTAMP(6),
         UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
      [clusterId],
    );
    expect([await stale(14), await stale(16)]).toEqual([false, true]);
    await database.read.query(`UPDATE sync_tier SET objective_ms = ? WHERE name = 'bronze'`, [
      20 * MINUTE_MS,
    ]);
    expect([await stale(16), await stale(39), await stale(41)]).toEqual([false, false, true]);
    await database.read.query('UPDATE lane SET slowness = 2');
    expect([await stale(41), await stale(81)]).toEqual([false, true]);
  });
});

describe('a cluster that is not compared', () => {
  it('is told of by how long ago it was', async () => {
    const age = async (): Promise<number> => {
      const { text } = await api.ask('GET', '/metrics');
      return Number(/^ultron_reconcile_round_age_seconds (\S+)$/m.exec(text)?.[1]);
    };
    const outcome = { compared: 0, abstained: 0, found: 0, resolved: 0, repairs: 0, adoptions: 0 };
    const ago = (ms: number) => ({ startedAt: new Date(Date.now() - ms), durationMs: 1, outcome });
    await rounds.finish(database.read, clusterId, ago(5 * HOUR_MS));
    // A round that fails does not count, nor does one that is only claimed.
    await rounds.fail(database.read, clusterId, 'the database is away');
    await rounds.claim(database.read, clusterId, 30_000);
    expect(await age()).toBeGreaterThan(4.9 * 3600);
    await rounds.finish(database.read, clusterId, ago(0));
    expect(await age()).toBeLessThan(60);
  });
});

describe('orphans that a rule names', () => {
  const named = async (names: readonly string[]): Promise<void> => {
    const objects = names.map((name) => ({
      id: newId(),
      name,
      projectId: 'p',
      status: 'ACTIVE',
      parentId: null,
      revision: null,
      updatedAt: null,
      fields: { metadata: {} },
    }));
    const hashed = objects.map((object) => ({ object, hash: hashOf(object) }));
    await new ObservedRepository().write(database.read, { clusterId, kind: 'server' }, hashed);
    for (const { id } of objects) await report([orphan(id)]);
  };
  const rule = () =>
    api.app.get(AdoptionRuleRepository, { strict: false }).insert(database.read, {
      id: newId(),
      name: 'shop',
      projectId: newId(),
      subjectKinds: ['server'],
      clusterId: null,
      openstackProjectId: null,
      namePattern: 'shop-*',
      metadata: {},
      mark: false,
      enabled: true,
    });

  it('are adopted behind however many that none names, so many at once', async () => {
    await rule();
    await named(['a', 'b', 'c', 'd', 'e', 'shop-1', 'f', 'shop-2', 'shop-3']);
    expect(await act(2)).toEqual({ repairs: 0, adoptions: 2 });
    expect(await act(2)).toEqual({ repairs: 0, adoptions: 1 });
    expect(await act(2)).toEqual({ repairs: 0, adoptions: 0 });
  });

  it('are left alone where repairs are stopped', async () => {
    await rule();
    await named(['shop-1']);
    await rounds.brake(database.read, clusterId, 'a migration');
    expect(await act(2)).toEqual({ repairs: 0, adoptions: 0 });
    await rounds.release(database.read, clusterId);
    expect(await act(2)).toEqual({ repairs: 0, adoptions: 1 });
  });
});
