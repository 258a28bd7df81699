import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { Trail } from '@ultron/platform/trail/trail';
import type { Cloud } from '@ultron/openstack/cloud';
import type { Finding } from '@ultron/reconcile/finding/finding.entity';
import type { FindingFilter } from '@ultron/reconcile/finding/finding.list';
import { eventually } from '@ultron/testing/world/eventually';
import type { ComputeWorld } from '../compute/compute-world.fixture.js';
import { portName } from '../compute/owner-mark.rules.js';
import { GRACE_MS, ReconcileWorld } from './reconcile-world.fixture.js';

jest.setTimeout(180_000);

let here: ReconcileWorld;
let world: ComputeWorld;
let clusterId: string;
let cloud: Cloud;
let parts: ReconcileWorld['parts'];

beforeAll(async () => {
  here = await ReconcileWorld.open({ name: 'one', release: '2025.1' });
  ({ world, clusterId, cloud, parts } = here);
}, 300_000);
afterAll(() => here.close());

const round = () => here.round();
const findings = (filter?: FindingFilter) => here.findings(filter);
const repaired = (finding: Finding) => here.repaired(finding);

/** After rounds enough for it to be beyond grace. */
async function found(filter: FindingFilter, good: (all: Finding[]) => boolean = (all) => all.length > 0) {
  const all = await eventually(
    async () => {
      await round();
      return findings({ state: 'open', ...filter });
    },
    good,
    60_000,
  );
  const [first] = all;
  if (!first) throw new Error('nothing was found');
  return first;
}

async function made(name: string): Promise<{ id: string; openstackId: string }> {
  const { servers, task } = await world.create({ name });
  expect((await world.ended(task.id, 60_000)).status).toBe('succeeded');
  const id = servers[0]?.id ?? '';
  const view = await world.servers.get(id, world.projectId);
  return { id, openstackId: view.openstack_id ?? '' };
}

const decider = () => here.decider();

const foreignServer = (name: string, metadata?: Record<string, string>) => here.foreignServer(name, metadata);

describe('what is as it should be', () => {
  it('is found no fault with, round after round', async () => {
    await made('quiet');
    await new Promise((resolve) => setTimeout(resolve, 2 * GRACE_MS + 3_000));
    for (let i = 0; i < 3; i++) await round();
    expect(await findings()).toEqual([]);
  });
});

describe('a server', () => {
  it('that was renamed behind our back is told its name again', async () => {
    const server = await made('named');
    await cloud.compute.servers.rename(server.openstackId, 'hacked');
    const finding = await found({ kind: 'differs', subjectId: server.id });
    expect(finding).toMatchObject({
      openstackId: server.openstackId,
      projectId: world.projectId,
      evidence: { differences: [{ field: 'name', expected: 'named', seen: 'hacked' }] },
      proposal: { action: 'reapply' },
    });
    expect(await repaired(finding)).toMatchObject({ state: 'resolved', repairs: 1 });
    expect(await cloud.compute.servers.find(server.openstackId)).toMatchObject({ name: 'named' });
    await round();
    expect(await findings({ subjectId: server.id, state: 'open' })).toEqual([]);
  });

  it('that was put right by hand is resolved by itself', async () => {
    const server = await made('by-hand');
    await cloud.compute.servers.rename(server.openstackId, 'other');
    const finding = await found({ kind: 'differs', subjectId: server.id });
    await cloud.compute.servers.rename(server.openstackId, 'by-hand');
    await eventually(
      async () => {
        await round();
        return parts.service.get(finding.id, undefined);
      },
      ({ state }) => state === 'resolved',
    );
    const trail = await parts.service.events(finding.id, { limit: 10, sort: 'id', order: 'asc' });
    expect(trail.map(({ action, actor }) => [action, actor])).toEqual([
      ['found', 'reconciler'],
      ['resolved', 'reconciler'],
    ]);
  });

  it('that was stopped behind our back is recorded as stopped, by itself', async () => {
    const server = await made('stopped');
    await cloud.compute.servers.stop(server.openstackId);
    await eventually(
      async () => {
        await round();
        return world.servers.get(server.id, world.projectId);
      },
      ({ status }) => status === 'stopped',
      60_000,
    );
    const [finding] = await eventually(
      () => findings({ kind: 'state_differs', subjectId: server.id }),
      ([first]) => first?.state === 'resolved',
    );
    expect(finding).toMatchObject({ repairs: 1 });
  });

  it('that was deleted behind our back is missing, and is recorded as deleted', async () => {
    const server = await made('missed');
    await cloud.compute.servers.delete(server.openstackId);
    const finding = await found({ kind: 'missing', subjectKind: 'server', subjectId: server.id });
    expect(await repaired(finding)).toMatchObject({ state: 'resolved' });
    expect(await world.servers.get(server.id, world.projectId)).toMatchObject({ status: 'deleted' });
  });

  it('of which there is a second one loses the second one, and only that', async () => {
    const server = await made('twice');
    const second = await foreignServer('twice', { ultron_id: server.id });
    const finding = await found({ kind: 'duplicate', openstackId: second });
    expect(await repaired(finding)).toMatchObject({ state: 'resolved' });
    const trail = await parts.service.events(finding.id, { limit: 10, sort: 'id', order: 'asc' });
    expect(trail.map(({ action, detail }) => [action, detail?.['what'] ?? null])).toEqual([
      ['found', null],
      ['repair_begun', null],
      ['repaired', `server ${second} was deleted`],
    ]);
    expect(await cloud.compute.servers.find(second)).toBeNull();
    expect(await cloud.compute.servers.find(server.openstackId)).toMatchObject({ status: 'ACTIVE' });
  });
});

describe('a port', () => {
  it('that was left by a server that is gone is deleted by itself', async () => {
    const server = await made('leaky');
    const { taskId } = await world.change((tx, origin) =>
      world.servers.delete(tx, server.id, origin, () => undefined),
    );
    await world.ended(taskId, 60_000);
    const [network] = await cloud.network.networks.list({ name: 'private' }).all();
    const port = await cloud.network.ports.create({
      network_id: network?.id ?? '',
      name: portName(server.id),
    });
    const [finding] = await eventually(
      async () => {
        await round();
        return findings({ kind: 'leaked_port', openstackId: port.id });
      },
      ([first]) => first?.state === 'resolved',
    );
    expect(finding).toMatchObject({ repairs: 1, cameBack: 0 });
    expect(await cloud.network.ports.find(port.id)).toBeNull();
  });

  it('with a mark that names nothing of ours is left alone', async () => {
    const [network] = await cloud.network.networks.list({ name: 'private' }).all();
    const port = await cloud.network.ports.create({ network_id: network?.id ?? '', name: portName(newId()) });
    const finding = await found({ subjectId: port.id });
    expect(finding).toMatchObject({ kind: 'orphan', proposal: { action: 'adopt' } });
    await expect(
      world.database.transaction((tx) => parts.service.repair(tx, finding.id, decider())),
    ).rejects.toMatchObject({ code: 'finding_not_repairable' });
  });
});

describe('what Ultron did not make', () => {
  const adopt = (openstackId: string, mark = false) => here.adopt('server', openstackId, mark);

  it('is an orphan, and once adopted a server like any other', async () => {
    const openstackId = await foreignServer('legacy', { team: 'shop' });
    await found({ kind: 'orphan', subjectKind: 'server', openstackId });
    const rows = await parts.adoptions.plan(here.adoptWish('server', openstackId));
    expect(rows.map(({ kind }) => kind)).toEqual(['server', 'port']);
    expect(rows[0]?.detail).toMatchObject({ security_groups: ['default'] });
    const adoption = await adopt(openstackId);
    expect(adoption).toMatchObject({ status: 'adopted', rowsMade: [{ kind: 'server' }, { kind: 'port' }] });
    const view = await world.servers.get(adoption.resourceId, world.projectId);
    expect(view).toMatchObject({
      name: 'legacy',
      status: 'active',
      openstack_id: openstackId,
      metadata: { team: 'shop' },
      flavor: { name: expect.any(String) },
      image: { name: 'cirros' },
    });
    expect(view.addresses).toHaveLength(1);
    const seen = await cloud.compute.servers.find(openstackId);
    expect(seen && 'metadata' in seen ? seen.metadata : null).toEqual({ team: 'shop' });
    expect(await findings({ kind: 'orphan', openstackId, state: 'open' })).toEqual([]);
    await round();
    expect(await findings({ subjectId: adoption.resourceId, state: 'open' })).toEqual([]);
    for (const action of ['stop', 'start'] as const) {
      const { taskId } = await world.change((tx, origin) =>
        world.servers.act(tx, adoption.resourceId, action, origin),
      );
      expect((await world.ended(taskId, 60_000)).status).toBe('succeeded');
    }
    const { taskId } = await world.change((tx, origin) =>
      world.servers.delete(tx, adoption.resourceId, origin, () => undefined),
    );
    expect((await world.ended(taskId, 60_000)).status).toBe('succeeded');
    expect(await cloud.compute.servers.find(openstackId)).toBeNull();
  });

  it('can be given up again, and stays where it is', async () => {
    const openstackId = await foreignServer('borrowed');
    await found({ kind: 'orphan', openstackId });
    const adoption = await adopt(openstackId, true);
    const marked = await cloud.compute.servers.find(openstackId);
    expect(marked).toMatchObject({ metadata: { ultron_id: adoption.resourceId } });
    await here.release(adoption);
    expect(await cloud.compute.servers.find(openstackId)).toMatchObject({ status: 'ACTIVE', metadata: {} });
    expect(await found({ kind: 'orphan', openstackId })).toMatchObject({ state: 'open' });
    expect((await adopt(openstackId)).status).toBe('adopted');
  });

  it('is adopted by a rule, also what comes later', async () => {
    const first = await foreignServer('batch-1', { team: 'ops' });
    const other = await foreignServer('unrelated');
    await found({ kind: 'orphan', openstackId: first });
    await found({ kind: 'orphan', openstackId: other });
    const rule = {
      id: newId(),
      name: 'batch',
      projectId: world.projectId,
      subjectKinds: ['server' as const],
      clusterId: null,
      openstackProjectId: null,
      namePattern: 'batch-*',
      metadata: { team: 'ops' },
      mark: false,
      enabled: true,
    };
    const matches = await parts.adoptions.matching(rule);
    expect(matches.map(({ openstackId }) => openstackId)).toEqual([first]);
    const { parent, tasks } = await world.database.transaction((tx) =>
      parts.adoptions.addRule(tx, rule, matches, decider()),
    );
    world.tasks.ring(tasks);
    expect((await world.ended(parent?.id ?? '', 60_000)).status).toBe('succeeded');
    const second = await foreignServer('batch-2', { team: 'ops' });
    const page = { limit: 10, sort: 'id', order: 'asc' } as const;
    const adopted = await eventually(
      async () => {
        await round();
        return parts.adoptions.list({ openstackId: second }, page);
      },
      ([one]) => one?.status === 'adopted',
    );
    expect(adopted[0]).toMatchObject({ ruleId: rule.id });
    expect(await parts.adoptions.list({ openstackId: other }, page)).toEqual([]);
  });
});

describe('the brake', () => {
  it('stops all repairs when too much is wrong at once, until it is released', async () => {
    const { servers, task } = await world.create({ count: 15, name: 'wave' });
    expect((await world.ended(task.id, 120_000)).status).toBe('succeeded');
    const ids = servers.map(({ id }) => id);
    const openstackIds = await Promise.all(
      ids.map(async (id) => (await world.servers.get(id, world.projectId)).openstack_id ?? ''),
    );
    // The servers are seen to be stopped a few at a time: the first of them is too much.
    await parts.roundRows.setLimits(world.database.read, clusterId, { maxPerHour: 0, maxShare: null });
    for (const id of openstackIds) await cloud.compute.servers.stop(id);
    await found({ kind: 'state_differs' }, (all) => all.length >= 15);
    const braked = await parts.roundRows.find(world.database.read, clusterId);
    expect(braked).toMatchObject({
      brakedAt: expect.any(Date),
      brakeReason: expect.stringContaining('0 may'),
    });
    const page = { limit: 10, sort: 'id', order: 'asc' } as const;
    const subject = { subjectKind: 'reconcile_round', subjectId: clusterId } as const;
    expect(await new Trail().list(world.database.read, subject, page)).toMatchObject([
      { action: 'stopped', actor: 'reconciler', reason: braked?.brakeReason, before: { braked_at: null } },
    ]);
    const repairs = await findings({ kind: 'state_differs', state: 'open' });
    expect(repairs.filter((finding) => ids.includes(finding.subjectId) && finding.repairs > 0)).toEqual([]);
    await world.database.transaction(async (tx) => {
      await parts.roundRows.setLimits(tx, clusterId, { maxPerHour: 1000, maxShare: 1 });
      await parts.roundRows.release(tx, clusterId);
    });
    await round();
    const stopped = await eventually(
      async () => Promise.all(ids.map((id) => world.servers.get(id, world.projectId))),
      (views) => views.every(({ status }) => status === 'stopped'),
    );
    expect(stopped).toHaveLength(15);
    const mended = await findings({ kind: 'state_differs' });
    expect(mended.filter(({ subjectId }) => ids.includes(subjectId)).map(({ repairs: n }) => n)).toEqual(
      ids.map(() => 1),
    );
  });
});
