import { randomUUID } from 'node:crypto';
import type { Cluster } from '../cluster/cluster.js';
import { secondTime } from '../http/times.js';
import { backendFacts } from './network-backend.js';
import type { NetworkRow, PortRow } from './network.store.js';
import { allocate, newMac } from './ports.rules.js';
import { notFound } from './neutron.errors.js';

/** A port on a network that nobody uses yet, without an address. */
export function newPortRow(cluster: Cluster, network: NetworkRow, projectId: string): PortRow {
  const now = secondTime(cluster.clock.now());
  return {
    id: randomUUID(),
    name: '',
    tenant_id: projectId,
    project_id: projectId,
    description: '',
    created_at: now,
    updated_at: now,
    revision_number: 1,
    tags: [],
    network_id: network.id,
    mac_address: newMac({ cluster }, network.id),
    admin_state_up: true,
    status: 'DOWN',
    device_id: '',
    device_owner: '',
    fixed_ips: [],
    security_groups: [],
    allowed_address_pairs: [],
    extra_dhcp_opts: [],
    port_security_enabled: network.port_security_enabled ?? true,
    qos_policy_id: null,
    'binding:vnic_type': 'normal',
    'binding:host_id': '',
    'binding:profile': {},
    'binding:vif_type': 'unbound',
    'binding:vif_details': {},
  };
}

/** A port as Nova makes it for a server that named only a network. */
export function makeServerPort(
  cluster: Cluster,
  wanted: { networkId: string; fixedIp?: string },
  owner: { projectId: string; securityGroups: string[]; at: string },
): PortRow {
  const network = cluster.network.networks.get(wanted.networkId);
  if (!network) throw notFound('networks', wanted.networkId);
  const asked = wanted.fixedIp ? [{ ip_address: wanted.fixedIp }] : undefined;
  const port: PortRow = {
    ...newPortRow(cluster, network, owner.projectId),
    created_at: owner.at,
    updated_at: owner.at,
    fixed_ips: allocate({ cluster }, network, asked, new Set()),
    security_groups: owner.securityGroups,
  };
  cluster.network.ports.add(port);
  return port;
}

/** What ML2 says of a port that is bound to a host. */
export const bound = (cluster: Cluster, host: string) => ({
  'binding:host_id': host,
  'binding:vif_type': 'ovs',
  'binding:vif_details': backendFacts(cluster).vifDetails,
});

/** And of one that is not. */
export const UNBOUND = { 'binding:host_id': '', 'binding:vif_type': 'unbound', 'binding:vif_details': {} };
