import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import type { Finding } from '@ultron/reconcile/finding/finding.entity';
import { neutronMark } from '../network/neutron-marks.rules.js';
import { OwnThings } from './own-things.fixture.js';
import { ReconcileWorld } from './reconcile-world.fixture.js';

jest.setTimeout(180_000);

let here: ReconcileWorld;
let own: OwnThings;
beforeAll(async () => {
  here = await ReconcileWorld.open({ name: 'one', release: 'zed' });
  own = new OwnThings(here);
}, 300_000);
afterAll(() => here.close());

const ended = { state: 'resolved', repairs: 1, cameBack: 0 };

/** The task of a repair that a person asks for, once it is over. */
async function tried(finding: Finding) {
  const { database, tasks } = here.world;
  const { task } = await database.transaction((tx) =>
    here.parts.service.repair(tx, finding.id, here.decider()),
  );
  tasks.ring([task]);
  return here.world.ended(task.id, 60_000);
}

describe('a repair of a port', () => {
  it('does what its finding says, and leaves the rest to other findings', async () => {
    const { ports, securityGroups, subnets } = here.cloud.network;
    const port = await own.port(['default']);
    const before = await ports.get(port.openstackId);
    const group = await securityGroups.create({ name: `foreign-${newId()}` });
    const [pool] = (await subnets.get(here.vpc.openstackSubnetId)).allocation_pools;
    const elsewhere = [{ subnet_id: here.vpc.openstackSubnetId, ip_address: pool?.end ?? '' }];
    await ports.update(port.openstackId, { fixed_ips: elsewhere, security_groups: [group.id] });
    const differs = await here.found({ kind: 'differs', subjectId: port.id });
    const groups = await here.found({ kind: 'security_group_differs', subjectId: port.id });

    expect(await here.repaired(differs)).toMatchObject(ended);
    expect(await ports.get(port.openstackId)).toMatchObject({
      fixed_ips: before.fixed_ips,
      security_groups: [group.id],
    });
    expect(await here.repaired(groups)).toMatchObject(ended);
    expect((await ports.get(port.openstackId)).security_groups).toEqual(before.security_groups);
  });
});

describe('what bears the mark of something of ours that is alive', () => {
  it('is left alone when our row may have nothing else', async () => {
    const { routers } = here.cloud.network;
    const router = await own.router();
    const second = await routers.create({ name: neutronMark(router.id) });
    const finding = await here.found({ kind: 'duplicate', openstackId: second.id });
    const setId = (id: string | null) =>
      here.world.database.read.query('UPDATE cluster_router SET openstack_id = ? WHERE router_id = ?', [
        id,
        router.id,
      ]);
    await setId(null);
    expect(await tried(finding)).toMatchObject({ status: 'failed', error: { code: 'finding_not_ours' } });
    expect(await routers.find(second.id)).not.toBeNull();
    await setId(router.openstackId);
    expect(await here.repaired(await here.parts.service.get(finding.id, undefined))).toMatchObject({
      state: 'resolved',
      repairs: 2,
    });
    expect(await routers.find(second.id)).toBeNull();
    expect(await routers.find(router.openstackId)).not.toBeNull();
  });
});
