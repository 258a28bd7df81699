import { createHash } from 'node:crypto';
import type { FixedIpWire } from '@ultron/openstack/network/ports.wire';
import type { Cluster } from '../cluster/cluster.js';
import { backendFacts, networkNodes } from './network-backend.js';
import type { NetworkRow, PortRow, SubnetRow } from './network.store.js';
import { firstFree } from './ports.rules.js';
import { bound, newPortRow } from './server-port.js';

/**
 * Brings the port that serves DHCP (agents) or metadata (OVN) in a network to what its subnets need: an address in each
 * subnet with DHCP. Agents remove theirs when no subnet needs it; OVN's is there as long as the network.
 */
export function serveNetwork(cluster: Cluster, networkId: string): void {
  const { servicePortOwner } = backendFacts(cluster);
  const network = cluster.network.networks.get(networkId);
  if (!cluster.servesNetworks || servicePortOwner === null || !network) return;
  const held = portOf(cluster, network, servicePortOwner);
  const subnets = [...cluster.network.subnetsByNetwork.get(networkId)].filter((subnet) => subnet.enable_dhcp);
  const fixedIps = addressesIn(cluster, subnets, held?.fixed_ips ?? []);
  const isWanted = servicePortOwner === 'network:distributed' || subnets.length > 0;
  if (!held && isWanted) cluster.network.ports.add(servicePort(cluster, network, servicePortOwner, fixedIps));
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
  owner: 'network:dhcp' | 'network:distributed',
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
