import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import type { Transaction } from '@ultron/platform/database/transaction';
import { badField, badFields } from '../lifecycle/network.faults.js';
import type { FloatingIpIntent } from '../lifecycle/network-task.js';
import type { Port } from '../port/port.entity.js';
import { PortRepository } from '../port/port.repository.js';
import { ClusterRouterRepository } from '../router/cluster-router.repository.js';
import { RouterRepository } from '../router/router.repository.js';
import { FloatingIpRepository } from './floating-ip.repository.js';

/** The floating IP whose way to a port is asked about. */
export interface PathFrom {
  clusterId: string;
  /** The external network. */
  networkId: string;
  projectId: string;
  /** When it exists already. */
  floatingIpId?: string;
}

type Target = Pick<FloatingIpIntent, 'portId' | 'fixedIpAddress'>;

/** Says before anything is done whether a floating IP can lead to a port. */
@Injectable()
export class FloatingIpPaths {
  constructor(
    @Inject(PortRepository) private readonly ports: PortRepository,
    @Inject(FloatingIpRepository) private readonly floatingIps: FloatingIpRepository,
    @Inject(RouterRepository) private readonly routers: RouterRepository,
    @Inject(ClusterRouterRepository) private readonly parts: ClusterRouterRepository,
  ) {}

  async clusterOfPort(tx: Transaction, portId: string): Promise<string | null> {
    return (await this.ports.find(tx, portId))?.clusterId ?? null;
  }

  /**
   * The port cannot be deleted until the transaction ends.
   * @throws Fault `invalid_body`, `floating_ip_other_cluster`, `port_not_ready`, `floating_ip_port_taken`,
   * `floating_ip_no_path`.
   */
  async require(tx: Transaction, { portId, fixedIpAddress }: Target, from: PathFrom): Promise<void> {
    if (portId === null) {
      if (fixedIpAddress === null) return;
      throw badFields([
        { pointer: '/fixed_ip_address', detail: 'is an address of the port, and none is given' },
      ]);
    }
    const port = await this.ports.lock(tx, portId);
    if (!port || port.deletedAt !== null || port.projectId !== from.projectId)
      throw badFields([{ pointer: '/port_id', detail: `there is no port ${portId} in the project` }]);
    requireSameCluster(port, from);
    requireReady(port);
    if (fixedIpAddress !== null) requireAddress(port, fixedIpAddress);
    await this.requireFree(tx, port, fixedIpAddress, from.floatingIpId);
    await this.requireRouter(tx, port, from);
  }

  private async requireFree(
    tx: Transaction,
    port: Port,
    fixedIpAddress: string | null,
    self: string | undefined,
  ): Promise<void> {
    const first = port.fixedIps[0]?.ip_address ?? null;
    const wanted = fixedIpAddress ?? first;
    const others = await this.floatingIps.listUsing(tx, { portId: port.id }, 100);
    const other = others.find(({ id, fixedIpAddress: at }) => id !== self && (at ?? first) === wanted);
    if (!other) return;
    throw new Fault({
      code: 'floating_ip_port_taken',
      category: 'conflict',
      detail: `Floating IP ${other.address ?? other.id} leads to ${wanted} of port ${port.id} already.`,
      fields: [{ pointer: '/port_id', detail: `has the floating IP ${other.id}` }],
      extra: { floating_ip_id: other.id },
    });
  }

  /** What routes a network that Ultron did not make is not known to it: there the cluster has the last word. */
  private async requireRouter(tx: Transaction, port: Port, from: PathFrom): Promise<void> {
    if (port.subnetId === null) return;
    const router = await this.routers.findOfSubnet(tx, port.subnetId);
    if (!router) throw noPath(`its subnet ${port.subnetId} is attached to no router`, false);
    if (router.externalNetworkId !== from.networkId)
      throw noPath(`router ${router.id} of its subnet has no gateway to that network`, false);
    const part = await this.parts.find(tx, router.id, port.clusterId);
    const legs = await this.parts.interfacesOf(tx, [router.id], port.clusterId);
    const ready = part?.openstackId != null && part.externalOpenstackId !== null;
    if (ready && legs.some(({ segmentId }) => segmentId === port.segmentId)) return;
    throw noPath(
      `router ${router.id} is ${part?.status ?? 'not built'} in the cluster of the port`,
      part?.status === 'building' || part?.status === 'updating',
    );
  }
}

function requireSameCluster(port: Port, { clusterId }: PathFrom): void {
  if (port.clusterId === clusterId) return;
  throw badField(
    'floating_ip_other_cluster',
    '/port_id',
    `port ${port.id} is in another cluster: a floating IP leads to ports of its own cluster only, so allocate one there`,
  );
}

function requireReady(port: Port): void {
  if (port.openstackId !== null && port.status !== 'deleting') return;
  throw new Fault({
    code: 'port_not_ready',
    category: 'conflict',
    detail: `Port ${port.id} is ${port.status}: nothing can lead to it.`,
    fields: [{ pointer: '/port_id', detail: `is ${port.status}` }],
    retryable: port.status === 'building',
  });
}

function requireAddress(port: Port, address: string): void {
  if (port.fixedIps.some(({ ip_address }) => ip_address === address)) return;
  const own = port.fixedIps.map(({ ip_address }) => ip_address).join(', ');
  throw badFields([{ pointer: '/fixed_ip_address', detail: `is no address of the port, which has ${own}` }]);
}

function noPath(why: string, retryable: boolean): Fault {
  return new Fault({
    code: 'floating_ip_no_path',
    category: 'conflict',
    detail: `No router leads from the external network to the port: ${why}.`,
    fields: [{ pointer: '/port_id', detail: why }],
    retryable,
  });
}
