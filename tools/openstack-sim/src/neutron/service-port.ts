import { createHash } from 'node:crypto';
import type { FixedIpWire } from '@ultron/openstack/network/ports.wire';
import { draw } from '../clock/random.js';
import type { Cluster } from '../cluster/cluster.js';
import { type ServicePortOwner, backendFacts, networkNodes } from './network-backend.js';
import type { NetworkRow, PortRow, SubnetRow } from './network.store.js';
import { firstFree } from './ports.rules.js';
import { bound, newPortRow } from './server-port.js';

/**
 * Has the port that serves DHCP (agents) or metadata (OVN) in a network brought to what its subnets need: OVN does so while it
 * answers, agents a moment later.
 */
export function serveNetwork(cluster: Cluster, networkId: string): void {
  const { servicePortOwner } = backendFacts(cluster);
  if (!cluster.servesNetworks || servicePortOwner === null) return;
  const delay =
    servicePortOwner === 'network:dhcp' ? draw(cluster.settings.lifecycle.dhcp, cluster.random) : 0;
  if (delay <= 0) return serve(cluster, networkId, servicePortOwner);
  cluster.clock.after(delay, () => {
    serve(cluster, networkId, servicePortOwner);
    cluster.settled();
  });
}

/** Takes up again what agents had still to do when the state was stored. */
export function serveAll(cluster: Cluster): void {
  for (const id of cluster.network.networks.ids()) serveNetwork(cluster, id);
}

/**
 * An address in each subnet with DHCP. Agents remove their port when no subnet needs it; OVN's is there as long as the
 * network.
 */
function serve(cluster: Cluster, networkId: string, owner: ServicePortOwner): void {
  const network = cluster.network.networks.get(networkId);
  // Networks of nobody are Neutron's own (VRRP).
  if (!network || network.project_id === '') return;
  const held = portOf(cluster, network, owner);
  const subnets = [...cluster.network.subnetsByNetwork.get(networkId)].filter((subnet) => subnet.enable_dhcp);
  const fixedIps = addressesIn(cluster, subnets, held?.fixed_ips ?? []);
  const isWanted = owner === 'network:distributed' || subnets.length > 0;
  if (!held && isWanted) cluster.network.ports.add(servicePort(cluster, network, owner, fixedIps));
  else if (held && !isWanted) cluster.network.ports.remove(held);
  else if (held && !sameAddresses(held.fixed_ips, fixedIps))
    cluster.network.updatePort(held, { fixed_ips: fixedIps });
}

const sameAddresses = (a: readonly FixedIpWire[], b: readonly FixedIpWire[]): boolean =>
  a.length === b.length && a.every((ip, at) => ip.ip_address === b[at]?.ip_address);

function portOf(cluster: Cluster, network: NetworkRow, owner: string): PortRow | undefined {
  for (const port of cluster.network.portsByNetwork.get(network.id))
    if (port.device_owner === owner) return port;
  return undefined;
}

/** Keeps what it has where it still is needed; a subnet without a free address goes unserved. */
function addressesIn(cluster: Cluster, subnets: SubnetRow[], held: readonly FixedIpWire[]): FixedIpWire[] {
  return subnets.flatMap((subnet) => {
    const own = held.find((ip) => ip.subnet_id === subnet.id);
    const found = own ?? firstFree({ cluster }, [subnet], new Set());
    return found ? [found] : [];
  });
}

function servicePort(
  cluster: Cluster,
  network: NetworkRow,
  owner: ServicePortOwner,
  fixedIps: FixedIpWire[],
): PortRow {
  const host = networkNodes(cluster)[0] ?? '';
  const isDhcp = owner === 'network:dhcp';
  const agent = createHash('sha1').update(host).digest('hex').slice(0, 32);
  return {
    ...newPortRow(cluster, network, network.project_id),
    device_owner: owner,
    device_id: isDhcp ? `dhcp${agent}-${network.id}` : `ovnmeta-${network.id}`,
    fixed_ips: fixedIps,
    security_groups: [],
    port_security_enabled: false,
    status: isDhcp ? 'ACTIVE' : 'DOWN',
    ...(isDhcp ? bound(cluster, host) : {}),
  };
}
