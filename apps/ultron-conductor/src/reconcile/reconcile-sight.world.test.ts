import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PlanDriftRepository } from '@ultron/network/realisation/plan-drift.repository';
import type { FindingKind } from '@ultron/reconcile/finding/finding.kinds';
import { FINDING_REPAIR } from '@ultron/reconcile/finding/repair.task';
import { PlanReader } from '@ultron/reconcile/plan/plan.reader';
import { ClusterPolicy } from '@ultron/reconcile/policy/cluster-policy';
import type { PolicyRow } from '@ultron/reconcile/policy/policy.rules';
import { eventually } from '@ultron/testing/world/eventually';
import { PlanDrift } from '../network/plan-drift.js';
import { ReconcileWorld } from './reconcile-world.fixture.js';

jest.setTimeout(180_000);

let here: ReconcileWorld;
beforeAll(async () => {
  here = await ReconcileWorld.open({ name: 'one', release: '2025.1' });
}, 300_000);
afterAll(() => here.close());

/** As where a replica of Nova's database lags behind: lists of changes are whole, and show nothing. */
const cutChanges = () =>
  here.world.simulator.control.addFault({
    method: 'GET',
    path: '/servers/detail\\?.*changes-since',
    effect: { kind: 'short-page', keep: 0, silent: true },
  });

const repairs = async (findingId: string): Promise<number> => {
  const [row] = await here.world.database.read.query<{ n: string }[]>(
    'SELECT COUNT(*) AS n FROM task WHERE kind = ? AND resource_id = ?',
    [FINDING_REPAIR, findingId],
  );
  return Number(row?.n);
};

const policy = (wish: Pick<PolicyRow, 'kind' | 'subjectKind' | 'action'>) =>
  here.parts.policies.put(here.world.database.read, {
    ...wish,
    scope: 'cluster',
    scopeId: here.clusterId,
    maxPerHour: null,
    maxShare: null,
  });

/** Lists of changes that show nothing, each followed by a comparison. */
async function looks(n: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    await here.sync.pass(here.clusterId, 'server', 'changes');
    await here.compare();
  }
}

describe('a repair that has nothing to do', () => {
  it('is begun once, however many lists leave out what would show that', async () => {
    const { servers, task } = await here.world.create({ name: 'named' });
    await here.succeeded(task.id);
    const id = servers[0]?.id ?? '';
    const openstackId = (await here.world.servers.get(id, here.world.projectId)).openstack_id ?? '';
    const { servers: nova } = here.cloud.compute;
    await nova.rename(openstackId, 'hacked');
    const finding = await here.found({ kind: 'differs', subjectId: id });
    await here.sync.slowDown();
    await here.round();
    cutChanges();
    await nova.rename(openstackId, 'named');
    await policy({ kind: 'differs', subjectKind: 'server', action: 'repair' });
    await eventually(
      async () => {
        await looks(1);
        return here.parts.service.get(finding.id, undefined);
      },
      ({ state }) => state === 'resolved',
      60_000,
    );
    await looks(5);
    expect(await here.parts.service.get(finding.id, undefined)).toMatchObject({
      state: 'resolved',
      repairs: 1,
      cameBack: 0,
    });
    expect(await repairs(finding.id)).toBe(1);
    await here.sync.seen(here.clusterId, 'server', openstackId, ({ name }) => name === 'named');
  });
});

describe('what the look at the plan found in the cluster', () => {
  const KINDS: FindingKind[] = ['address_in_use_but_free'];
  const open = async (portId: string): Promise<string[]> =>
    (await here.findings({ openstackId: portId, state: 'open' })).map(({ kind }) => kind).toSorted();
  const setLanes = (set: string) =>
    here.world.database.read.query(`UPDATE lane SET ${set} WHERE cluster_id = ? AND kind = 'port'`, [
      here.clusterId,
    ]);
  /** Lists that are whole and leave the port out, as many as are younger than what was found. */
  const lookWithoutIt = () =>
    setLanes('full_at = UTC_TIMESTAMP(6), fresh_at = full_at, ids_at = full_at, changes_at = full_at');

  it('stays until a lane has seen it, or it is gone from the cluster', async () => {
    await here.sync.slowDown();
    await here.round();
    await policy({ kind: 'address_in_use_but_free', subjectKind: 'address', action: 'report' });
    const drift = new PlanDrift({
      ...here.world.conductorDeps(),
      drift: new PlanDriftRepository(),
      plans: new PlanReader(),
      findings: here.parts.findings,
      policy: new ClusterPolicy(here.parts.policies),
      log: here.world.log,
    });
    const look = () => drift.look(here.clusterId, new AbortController().signal);
    const port = await here.foreignPort('unseen');
    await look();
    expect(await open(port.id)).toEqual(KINDS);
    await lookWithoutIt();
    await here.compare();
    expect(await open(port.id)).toEqual(KINDS);
    await here.cloud.network.ports.delete(port.id);
    await look();
    expect(await open(port.id)).toEqual([]);
  });

  it('stays while its lane is braked', async () => {
    const port = await here.foreignPort('braked');
    await here.found({ kind: 'foreign_port_on_segment', openstackId: port.id, state: 'open' });
    await here.cloud.network.ports.delete(port.id);
    await here.sync.fullPass(here.clusterId);
    await here.sync.seen(here.clusterId, 'port', port.id, ({ goneAt }) => goneAt !== null);
    await lookWithoutIt();
    await setLanes("brake = 'on'");
    await here.compare();
    expect(await open(port.id)).not.toEqual([]);
    await setLanes("brake = 'off'");
    await here.compare();
    expect(await open(port.id)).toEqual([]);
  });
});
