import { DEVICE_OWNERS } from '@ultron/openstack/network/device-owners';
import type { FixedIpWire } from '@ultron/openstack/network/ports.wire';
import type { Cluster } from '../cluster/cluster.js';
import { notFound } from './neutron.errors.js';
import type { PortRow, RouterRow, SubnetRow } from './network.store.js';
import { allocate, isRouterInterface } from './ports.rules.js';
import { newPortRow } from './server-port.js';

/** A port that belongs to a router (or a floating IP), with the addresses asked for. */
export function makeRouterPort(
  cluster: Cluster,
  wanted: {
    networkId: string;
    projectId: string;
    owner: string;
    deviceId: string;
    fixedIps: Partial<FixedIpWire>[] | undefined;
    status?: PortRow['status'];
  },
): PortRow {
  const network = cluster.network.networks.get(wanted.networkId);
  if (!network) throw notFound('networks', wanted.networkId);
  const port: PortRow = {
    ...newPortRow(cluster, network, wanted.projectId),
    device_owner: wanted.owner,
    device_id: wanted.deviceId,
    fixed_ips: allocate({ cluster }, network, wanted.fixedIps, new Set()),
    port_security_enabled: false,
    status: wanted.status ?? 'ACTIVE',
  };
  cluster.network.ports.add(port);
  return port;
}

/** The owner that the legs of a router have. OVN's outlive their chassis without ports of another kind. */
export function interfaceOwner(cluster: Cluster, router: RouterRow): string {
  if (cluster.networkBackend === 'ovn') return DEVICE_OWNERS.routerInterface;
  if (router.distributed === true) return DEVICE_OWNERS.distributedRouterInterface;
  return router.ha === true ? DEVICE_OWNERS.haRouterInterface : DEVICE_OWNERS.routerInterface;
}

export const legsOf = (cluster: Cluster, router: RouterRow): PortRow[] =>
  [...cluster.network.portsByDevice.get(router.id)].filter(isRouterInterface);

/**
 * A distributed router with a gateway translates addresses in one place, which has an address of its own in each subnet
 * that the router has a leg in.
 */
export function keepSnatPorts(cluster: Cluster, router: RouterRow): void {
  const isWanted = router.distributed === true && router.gateway !== null;
  const subnets = isWanted
    ? legsOf(cluster, router).flatMap((port) => port.fixed_ips.map((ip) => ip.subnet_id))
    : [];
  const held = [...cluster.network.portsByDevice.get(router.id)].filter(
    (port) => port.device_owner === DEVICE_OWNERS.centralizedSnat,
  );
  for (const port of held)
    if (!subnets.includes(port.fixed_ips[0]?.subnet_id ?? '')) cluster.network.ports.remove(port);
  for (const id of subnets) {
    if (held.some((port) => port.fixed_ips[0]?.subnet_id === id)) continue;
    const subnet = cluster.network.subnets.get(id);
    if (subnet) makeSnatPort(cluster, router, subnet);
  }
}

function makeSnatPort(cluster: Cluster, router: RouterRow, subnet: SubnetRow): void {
  makeRouterPort(cluster, {
    networkId: subnet.network_id,
    projectId: '',
    owner: DEVICE_OWNERS.centralizedSnat,
    deviceId: router.id,
    fixedIps: [{ subnet_id: subnet.id }],
  });
}
