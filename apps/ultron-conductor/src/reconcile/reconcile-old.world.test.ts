import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { neutronMark } from '../network/neutron-marks.rules.js';
import { OwnThings } from './own-things.fixture.js';
import { ReconcileWorld } from './reconcile-world.fixture.js';

jest.setTimeout(180_000);

let here: ReconcileWorld;
let own: OwnThings;
beforeAll(async () => {
  here = await ReconcileWorld.open({ name: 'one', release: 'queens' });
  own = new OwnThings(here);
}, 300_000);
afterAll(() => here.close());

const ended = { state: 'resolved', repairs: 1, cameBack: 0 };

describe('what is left in a cluster of a router that was deleted', () => {
  it('is deleted, but not what bears a mark that nobody knows', async () => {
    const { routers } = here.cloud.network;
    const dead = await own.router();
    await own.deleteRouter(dead.id);
    const left = await routers.create({ name: neutronMark(dead.id) });
    const other = await routers.create({ name: neutronMark(here.clusterId) });
    const finding = await here.found({ kind: 'stale', openstackId: left.id });
    expect(finding).toMatchObject({
      subjectKind: 'router',
      proposal: { action: 'delete' },
      evidence: { owner: { id: dead.id, alive: false } },
    });
    expect(await here.repaired(finding)).toMatchObject(ended);
    expect(await routers.find(left.id)).toBeNull();
    const orphan = await here.found({ openstackId: other.id });
    expect(orphan).toMatchObject({ kind: 'orphan', state: 'open', proposal: null });
    expect(await routers.find(other.id)).not.toBeNull();
  });

  it('stays when it lost its mark after it was found', async () => {
    const { routers } = here.cloud.network;
    const dead = await own.router();
    await own.deleteRouter(dead.id);
    const left = await routers.create({ name: neutronMark(dead.id) });
    const finding = await here.found({ kind: 'stale', openstackId: left.id });
    await routers.update(left.id, { name: 'mine now' });
    const { task } = await here.world.database.transaction((tx) =>
      here.parts.service.repair(tx, finding.id, here.decider()),
    );
    here.world.tasks.ring([task]);
    expect(await here.world.ended(task.id, 60_000)).toMatchObject({
      status: 'failed',
      error: { code: 'finding_not_ours' },
    });
    expect(await routers.find(left.id)).toMatchObject({ name: 'mine now' });
  });
});

describe('floating IPs', () => {
  // They lead nowhere without a router.
  beforeAll(async () => {
    await own.router();
  });

  const made = async (description: string) => {
    const { networks, floatingIps } = here.cloud.network;
    const [outside] = await networks.list({ name: 'public' }).all();
    return floatingIps.create({ floating_network_id: outside?.id ?? '', description });
  };

  it('that are left of deleted ones are deleted', async () => {
    const port = await own.port();
    const dead = await own.floatingIp(port.id);
    await own.deleteFloatingIp(dead.id);
    const left = await made(neutronMark(dead.id));
    const finding = await here.found({ kind: 'stale', openstackId: left.id });
    expect(finding).toMatchObject({ subjectKind: 'floating_ip', proposal: { action: 'delete' } });
    expect(await here.repaired(finding)).toMatchObject(ended);
    expect(await here.cloud.network.floatingIps.find(left.id)).toBeNull();
  });

  it('of which there is a second one lose the second one, and only that', async () => {
    const port = await own.port();
    const one = await own.floatingIp(port.id);
    const second = await made(neutronMark(one.id));
    const finding = await here.found({ kind: 'duplicate', openstackId: second.id });
    expect(await here.repaired(finding)).toMatchObject(ended);
    const { floatingIps } = here.cloud.network;
    expect(await floatingIps.find(second.id)).toBeNull();
    expect(await floatingIps.find(one.openstackId)).toMatchObject({ port_id: port.openstackId });
  });
});

describe('a server of the oldest Nova that Ultron takes', () => {
  it('is recorded with the flavor that it was resized to', async () => {
    const { servers, task } = await here.world.create({ name: 'resized' });
    await here.succeeded(task.id);
    const id = servers[0]?.id ?? '';
    const { openstack_id: openstackId } = await here.world.servers.get(id, here.world.projectId);
    here.world.simulator.control.resize('one', openstackId ?? '', 'm1.small');
    const finding = await here.found({ kind: 'flavor_differs', subjectId: id });
    expect(finding).toMatchObject({
      evidence: { differences: [{ field: 'flavor_name', expected: 'm1.tiny', seen: 'm1.small' }] },
      proposal: { action: 'accept' },
    });
    expect(await here.repaired(finding)).toMatchObject(ended);
    expect(await here.world.servers.get(id, here.world.projectId)).toMatchObject({
      flavor: { name: 'm1.small' },
      status: 'active',
    });
  });
});
