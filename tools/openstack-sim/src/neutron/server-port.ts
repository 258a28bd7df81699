import { randomUUID } from 'node:crypto';
import type { Cluster } from '../cluster/cluster.js';
import type { PortRow } from './network.store.js';
import { allocate, newMac } from './ports.rules.js';
import { notFound } from './neutron.errors.js';

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
    id: randomUUID(),
    name: '',
    tenant_id: owner.projectId,
    project_id: owner.projectId,
    description: '',
    created_at: owner.at,
    updated_at: owner.at,
    revision_number: 1,
    tags: [],
    network_id: network.id,
    mac_address: newMac({ cluster }, network.id),
    admin_state_up: true,
    status: 'DOWN',
    device_id: '',
    device_owner: '',
    fixed_ips: allocate({ cluster }, network, asked, new Set()),
    security_groups: owner.securityGroups,
    allowed_address_pairs: [],
    extra_dhcp_opts: [],
    port_security_enabled: network.port_security_enabled ?? true,
    'binding:vnic_type': 'normal',
    'binding:host_id': '',
    'binding:profile': {},
    'binding:vif_type': 'unbound',
    'binding:vif_details': {},
  };
  cluster.network.ports.add(port);
  return port;
}

/** What ML2 with Open vSwitch says of a port that is bound to a host. */
export function bound(host: string) {
  return {
    'binding:host_id': host,
    'binding:vif_type': 'ovs',
    'binding:vif_details': {
      connectivity: 'l2',
      port_filter: true,
      ovs_hybrid_plug: false,
      datapath_type: 'system',
      bridge_name: 'br-int',
      bound_drivers: { '0': 'openvswitch' },
    },
  };
}

/** And of one that is not. */
export const UNBOUND = { 'binding:host_id': '', 'binding:vif_type': 'unbound', 'binding:vif_details': {} };
