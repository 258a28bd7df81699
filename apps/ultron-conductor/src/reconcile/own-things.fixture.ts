import type { PortIntent } from '@ultron/network/port/port.repository';
import type { ReconcileWorld } from './reconcile-world.fixture.js';

/** A thing of Ultron's, and what it is in the cluster. */
export interface OwnThing {
  id: string;
  openstackId: string;
}

const anyVersion = () => undefined;

/** Makes ports, routers and floating IPs as projects do, in the VPC of the world. */
export class OwnThings {
  constructor(private readonly here: ReconcileWorld) {}

  async port(securityGroups: string[] | null = null, more: Partial<PortIntent> = {}): Promise<OwnThing> {
    const { here } = this;
    const wish = {
      projectId: here.world.projectId,
      name: 'front',
      description: '',
      adminStateUp: true,
      portSecurityEnabled: null,
      allowedAddressPairs: [],
      securityGroups,
      qosPolicyId: null,
      ...more,
      subnet: here.vpc.subnetId,
    };
    const { port } = await here.done((tx) => here.net.portService.create(tx, wish, here.origin()));
    const { id, openstackId } = await here.net.portService.get(port.id, undefined);
    return { id, openstackId: openstackId ?? '' };
  }

  async router(): Promise<OwnThing> {
    const { here } = this;
    const wish = {
      projectId: here.world.projectId,
      vpc: here.vpc.vpcId,
      name: 'edge',
      description: '',
      adminStateUp: true,
      externalNetwork: 'public',
      enableSnat: null,
      subnetIds: [here.vpc.subnetId],
    };
    const { router } = await here.done((tx) => here.net.routerService.create(tx, wish, here.origin()));
    const { clusters } = await here.net.routerService.get(router.id, undefined);
    return { id: router.id, openstackId: clusters[0]?.openstackId ?? '' };
  }

  async floatingIp(
    portId: string,
    more: { fixedIpAddress?: string; qosPolicyId?: string } = {},
  ): Promise<OwnThing> {
    const { here } = this;
    const wish = {
      projectId: here.world.projectId,
      network: 'public',
      description: '',
      portId,
      fixedIpAddress: null,
      qosPolicyId: null,
      ...more,
    };
    const made = await here.done((tx) => here.net.floatingIpService.create(tx, wish, here.origin()));
    const { id, openstackId } = await here.net.floatingIpService.get(made.floatingIp.id, undefined);
    return { id, openstackId: openstackId ?? '' };
  }

  /** A cluster gets it with the first thing there that is under it. */
  async qosPolicy(): Promise<string> {
    const { here } = this;
    const limit = { direction: 'egress' as const, max_kbps: 10_000, max_burst_kbps: 8_000 };
    const wish = {
      projectId: here.world.projectId,
      name: 'ten',
      description: '',
      bandwidthLimits: [limit],
    };
    return (await here.world.database.transaction((tx) => here.net.qosPolicyService.create(tx, wish))).id;
  }

  async deleteRouter(id: string): Promise<void> {
    const { here } = this;
    await here.done((tx) => here.net.routerService.delete(tx, id, here.origin(), anyVersion));
  }

  async deleteFloatingIp(id: string): Promise<void> {
    const { here } = this;
    await here.done((tx) => here.net.floatingIpService.delete(tx, id, here.origin(), anyVersion));
  }
}
