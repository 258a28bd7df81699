import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Target } from '../../target/target.js';
import { eventually } from '../../target/eventually.js';
import { CONDUCTOR, MainJob } from '../main-job.js';
import { KINDS, NeutronWatch } from './neutron-watch.js';
import { PortsJob, type FloatingIpBody, type PortBody, type RouterBody } from './ports-job.js';

interface Problem {
  code: string;
}

/** Ports, routers, floating IPs and QoS policies over the clusters of the target, held against their Neutron. */
export function portsSpecs(target: Target): void {
  describe(`Ports over ${target.clusters.map(({ name }) => name).join(' and ')}`, () => {
    let main: MainJob | undefined;
    let job: PortsJob;
    let watch: NeutronWatch;
    let policyId: string;
    let router: RouterBody;
    const [here = '', elsewhere = ''] = target.clusters.map(({ name }) => name);

    beforeAll(async () => {
      main = await MainJob.start(target);
      job = await PortsJob.over(main);
      watch = new NeutronWatch(main.target.clusters);
      const policy = await job.create<{ id: string }>('qos_policies', 'qos_policy', {
        name: 'slow',
        bandwidth_limits: [{ direction: 'egress', max_kbps: 10_000, max_burst_kbps: 8_000 }],
      });
      policyId = policy.id;
    }, 600_000);
    afterAll(async () => {
      await main?.stop();
    }, 120_000);

    const made = async <Thing>(what: Promise<Thing | undefined>): Promise<Thing> => {
      const thing = await what;
      if (thing === undefined) throw new Error('the cluster does not have it');
      return thing;
    };
    const portIn = async (id: string) =>
      made(watch.marked('ports').then((ports) => ports.find(({ name }) => name === `ultron-${id}`)));

    it('makes a port with the very address that the plan reserved', async () => {
      const port = await job.port(here, {
        name: 'front',
        allowed_address_pairs: [{ ip_address: '192.0.2.7' }],
      });
      expect(port).toMatchObject({ status: 'active', fault: null });
      expect(port.fixed_ips[0]?.ip_address).toMatch(/^10\./);
      const seen = await portIn(port.id);
      expect(seen).toMatchObject({ id: port.openstack_id, cluster: here });
      expect(seen.fixed_ips?.map(({ ip_address: ip }) => ip)).toEqual([port.fixed_ips[0]?.ip_address]);
      expect(seen.allowed_address_pairs?.map(({ ip_address: ip }) => ip)).toEqual(['192.0.2.7']);
      if (seen.tags) expect(seen.tags).toContain(`ultron:id=${port.id}`);
    }, 120_000);

    it('changes a port that others change too', async () => {
      const port = await job.port(here);
      await watch.touchPort(here, port.openstack_id ?? '', { description: 'by hand' });
      await job.change('PATCH', `ports/${port.id}`, { admin_state_up: false });
      expect((await portIn(port.id)).admin_state_up).toBe(false);
      expect((await job.get<PortBody>(`ports/${port.id}`)).status).toBe('active');
    }, 120_000);

    it('limits what passes, with one policy in each cluster that uses it', async () => {
      const ports = await Promise.all([
        job.port(here, { qos_policy_id: policyId }),
        job.port(here, { qos_policy_id: policyId }),
        job.port(elsewhere, { qos_policy_id: policyId }),
      ]);
      const policies = await watch.marked('policies');
      expect(policies.map(({ cluster }) => cluster).toSorted()).toEqual([here, elsewhere].toSorted());
      for (const { id } of ports) {
        const seen = await portIn(id);
        expect(policies.map((policy) => policy.id)).toContain(seen.qos_policy_id);
      }
      await job.change('PATCH', `qos_policies/${policyId}`, {
        bandwidth_limits: [{ direction: 'ingress', max_kbps: 5_000 }],
      });
      const rules = (await watch.marked('policies')).map(({ rules: own }) =>
        (own ?? []).map(({ direction, max_kbps }) => `${direction} ${max_kbps}`),
      );
      expect(rules).toEqual([['ingress 5000'], ['ingress 5000']]);
    }, 240_000);

    it('routes the subnet out of every cluster, also when the conductor dies meanwhile', async () => {
      const body = { vpc: job.vpcId, name: 'edge', external_network: 'public', subnets: [job.subnetId] };
      const asked = await job.main.ultron.must<{ router: RouterBody; task: { id: string } }>(
        'POST',
        '/v1/routers',
        body,
      );
      await job.main.ultron.signal(CONDUCTOR, 'SIGKILL');
      await job.succeeded(asked.task.id);
      router = await job.get<RouterBody>(`routers/${asked.router.id}`);
      expect(router.status).toBe('active');
      expect(router.clusters).toHaveLength(target.clusters.length);
      for (const part of router.clusters)
        expect([part.external_addresses.length, part.interfaces.length]).toEqual([1, 1]);
      const seen = await watch.marked('routers');
      expect(seen.map(({ cluster }) => cluster).toSorted()).toEqual(
        target.clusters.map(({ name }) => name).toSorted(),
      );
      for (const one of seen) expect(one.external_gateway_info).toBeTruthy();
    }, 300_000);

    it('leads a floating IP to a port, to another one, nowhere, and not to another cluster', async () => {
      const [first, second, far] = [await job.port(here), await job.port(here), await job.port(elsewhere)];
      const ip = await job.create<FloatingIpBody>('floating_ips', 'floating_ip', {
        network: 'public',
        port_id: first.id,
      });
      const leadsTo = async () => (await watch.marked('floatingips'))[0]?.port_id;
      expect(ip).toMatchObject({ status: 'active', address: expect.any(String) });
      expect(await leadsTo()).toBe(first.openstack_id);
      const refused = await job.main.ultron.call<Problem>('PATCH', `/v1/floating_ips/${ip.id}`, {
        port_id: far.id,
      });
      expect([refused.status, refused.body.code]).toEqual([422, 'floating_ip_other_cluster']);
      await job.change('PATCH', `floating_ips/${ip.id}`, { port_id: second.id });
      expect(await leadsTo()).toBe(second.openstack_id);
      const kept = await job.main.ultron.call<Problem>('DELETE', `/v1/routers/${router.id}`);
      expect([kept.status, kept.body.code]).toEqual([409, 'router_in_use']);
      await job.change('PATCH', `floating_ips/${ip.id}`, { port_id: null });
      expect(await leadsTo()).toBeNull();
      await job.change('DELETE', `floating_ips/${ip.id}`);
      expect(await watch.marked('floatingips')).toEqual([]);
    }, 300_000);

    it('makes each of many ports once, although the conductor dies meanwhile', async () => {
      const before = (await watch.marked('ports')).length;
      const asked = await Promise.all(
        Array.from({ length: 20 }, () =>
          job.main.ultron.must<{ port: PortBody; task: { id: string } }>('POST', '/v1/ports', {
            subnet: job.subnetId,
          }),
        ),
      );
      await job.main.ultron.signal(CONDUCTOR, 'SIGKILL');
      for (const { task } of asked) await job.succeeded(task.id);
      const seen = await watch.marked('ports');
      expect(seen).toHaveLength(before + asked.length);
      for (const { port } of asked) {
        const own = seen.filter(({ name }) => name === `ultron-${port.id}`);
        expect(own.map(({ fixed_ips: ips }) => ips?.[0]?.ip_address)).toEqual([
          port.fixed_ips[0]?.ip_address,
        ]);
      }
    }, 300_000);

    it('leaves nothing behind', async () => {
      const { ports } = await job.get<{ ports: PortBody[] }>('ports?limit=1000');
      for (const { id } of ports) await job.change('DELETE', `ports/${id}`);
      await job.change('DELETE', `routers/${router.id}`);
      await job.change('DELETE', `qos_policies/${policyId}`);
      for (const kind of KINDS) expect({ kind, left: await watch.marked(kind) }).toEqual({ kind, left: [] });
      await job.change('DELETE', `subnets/${job.subnetId}`);
      await job.change('DELETE', `vpcs/${job.vpcId}`);
      await eventually('the VPC is gone', async () => {
        const { status } = await job.main.ultron.call('GET', `/v1/vpcs/${job.vpcId}`);
        return status === 404 ? true : undefined;
      });
    }, 600_000);
  });
}
