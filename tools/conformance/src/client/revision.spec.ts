import { describe, expect, it } from '@jest/globals';
import type { Listing } from '@ultron/openstack/paging/listing';
import { present, uniqueName, type CloudInUse } from './cloud-in-use.js';

interface Revised {
  id: string;
  revision_number?: number;
}

/** What can be listed by ids and revisions alone. */
interface Collection {
  list(
    filter: { id: readonly string[] },
    call: undefined,
    fields: readonly ('id' | 'revision_number')[],
  ): Listing<Revised>;
}

type Change = [what: string, change: () => Promise<unknown>];

/** What raises the revision of a thing: the kinds that are synced by their revisions rest on it. */
export function revisionSpec(use: CloudInUse): void {
  const { networks, subnets, ports, routers, floatingIps, securityGroups, qosPolicies } = use.cloud.network;

  const revisionOf = async (collection: Collection, id: string): Promise<number> => {
    const [one] = await collection.list({ id: [id] }, undefined, ['id', 'revision_number']).all();
    return present(one?.revision_number, `a revision of ${id}`);
  };
  /** The changes after which the revision was no higher than before. */
  const quietOf = async (
    collection: Collection,
    id: string,
    changes: readonly Change[],
  ): Promise<string[]> => {
    const quiet: string[] = [];
    for (const [what, change] of changes) {
      const before = await revisionOf(collection, id);
      await change();
      if ((await revisionOf(collection, id)) <= before) quiet.push(what);
    }
    return quiet;
  };
  const network = async (cidr = '10.93.0.0/24') => {
    const made = await networks.create({ name: uniqueName('revised') });
    use.later(() => networks.delete(made.id));
    const subnet = await subnets.create({
      network_id: made.id,
      ip_version: 4,
      cidr,
      enable_dhcp: false,
    });
    return { id: made.id, subnetId: subnet.id };
  };
  const policy = async (): Promise<string> => {
    const { id } = await qosPolicies.create({ name: uniqueName('revised') });
    use.later(() => qosPolicies.delete(id));
    return id;
  };

  describe('revisions', () => {
    it('are listed with the ids alone, of many by their ids, and of those only that there are', async () => {
      const { id: network_id } = await network();
      const made = await ports.createBulk([{ network_id }, { network_id }]);
      for (const { id } of made) use.later(() => ports.delete(id));
      const ids = made.map(({ id }) => id).sort();
      const unknown = '00000000-0000-0000-0000-000000000000';
      const listed = await ports.list({ id: [...ids, unknown] }, undefined, ['id', 'revision_number']).all();
      expect(listed.map((each) => Object.keys(each).sort())).toEqual([
        ['id', 'revision_number'],
        ['id', 'revision_number'],
      ]);
      expect(listed.map(({ id }) => id).sort()).toEqual(ids);
      expect((await ports.list({ id: ids }).all()).map(({ id }) => id).sort()).toEqual(ids);
    });

    it('of a port rise with whatever is changed of it', async () => {
      const { id: network_id } = await network();
      const policyId = await policy();
      const { id } = await ports.create({ network_id });
      use.later(() => ports.delete(id));
      const put = (change: Parameters<typeof ports.update>[1]) => () => ports.update(id, change);
      const quiet = await quietOf(ports, id, [
        ['name', put({ name: 'renamed' })],
        ['description', put({ description: 'described' })],
        ['administrative state', put({ admin_state_up: false })],
        ['addresses', put({ fixed_ips: [{ ip_address: '10.93.0.77' }] })],
        ['address pairs', put({ allowed_address_pairs: [{ ip_address: '10.93.0.78' }] })],
        ['no address pairs', put({ allowed_address_pairs: [] })],
        ['no security groups', put({ security_groups: [] })],
        ['no port security', put({ port_security_enabled: false })],
        ['port security', put({ port_security_enabled: true })],
        ['policy', put({ qos_policy_id: policyId })],
        ['no policy', put({ qos_policy_id: null })],
        ['device', put({ device_id: uniqueName('device'), device_owner: 'revised:device' })],
        ['tag', () => ports.addTag(id, 'first')],
        ['another tag', () => ports.tags.replace(id, ['second'])],
        ['no tag', () => ports.tags.remove(id, 'second')],
      ]);
      expect(quiet).toEqual([]);
    });

    it('of a network rise with whatever is changed of it and with its subnets', async () => {
      const { id, subnetId } = await network();
      const policyId = await policy();
      const put = (change: Parameters<typeof networks.update>[1]) => () => networks.update(id, change);
      const quiet = await quietOf(networks, id, [
        ['name', put({ name: uniqueName('renamed') })],
        ['description', put({ description: 'described' })],
        ['administrative state', put({ admin_state_up: false })],
        ['shared', put({ shared: true })],
        ['shared no more', put({ shared: false })],
        ['port security', put({ port_security_enabled: false })],
        ['policy', put({ qos_policy_id: policyId })],
        ['no policy', put({ qos_policy_id: null })],
        ['another subnet', () => subnets.create({ network_id: id, ip_version: 4, cidr: '10.94.0.0/24' })],
        ['no subnet', () => subnets.delete(subnetId)],
        ['tag', () => networks.tags.add(id, 'first')],
        ['no tag', () => networks.tags.remove(id, 'first')],
      ]);
      expect(quiet).toEqual([]);
    });

    it('of a floating IP rise with where it leads, also when its port is deleted', async () => {
      const { id: network_id, subnetId } = await network();
      const [external] = await networks.list({ external: true, name: 'public' }).all();
      const externalId = present(external, 'an external network called public').id;
      const router = await routers.create({
        name: uniqueName('revised'),
        external_gateway_info: { network_id: externalId },
      });
      use.later(() => routers.delete(router.id));
      await routers.addInterface(router.id, { subnet_id: subnetId });
      use.later(() => routers.removeInterface(router.id, { subnet_id: subnetId }));
      const port = await ports.create({ network_id });
      use.later(() => ports.delete(port.id));
      const { id } = await floatingIps.create({ floating_network_id: externalId });
      use.later(() => floatingIps.delete(id));
      const lead = () => floatingIps.associate(id, { portId: port.id });
      const quiet = await quietOf(floatingIps, id, [
        ['description', () => floatingIps.update(id, { description: 'described' })],
        ['port', lead],
        ['no port', () => floatingIps.disassociate(id)],
        ['port again', lead],
        ['port deleted', () => ports.delete(port.id)],
        ['tag', () => floatingIps.tags.add(id, 'first')],
        ['no tag', () => floatingIps.tags.remove(id, 'first')],
      ]);
      expect(quiet).toEqual([]);
    });

    it('of a security group rise with its rules', async () => {
      const { id } = await securityGroups.create({ name: uniqueName('revised') });
      use.later(() => securityGroups.delete(id));
      let ruleId = '';
      const quiet = await quietOf(securityGroups, id, [
        ['name', () => securityGroups.update(id, { name: uniqueName('renamed') })],
        ['description', () => securityGroups.update(id, { description: 'described' })],
        [
          'rule',
          async () => {
            const rule = { security_group_id: id, direction: 'ingress', protocol: 'tcp' } as const;
            ruleId = (await securityGroups.createRule(rule)).id;
          },
        ],
        ['no rule', () => securityGroups.deleteRule(ruleId)],
        ['tag', () => securityGroups.tags.add(id, 'first')],
        ['no tag', () => securityGroups.tags.remove(id, 'first')],
      ]);
      expect(quiet).toEqual([]);
    });
  });
}
