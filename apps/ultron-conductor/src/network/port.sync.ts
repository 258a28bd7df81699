import type { AddressPairWire, PortWire } from '@ultron/openstack/network/ports.wire';
import { mapListing, type ObservedObject } from '@ultron/sync/kind/observed';
import type { ClusterSyncKind } from '../sync/cluster-sync.js';
import { shown, sorted, sortedBy, standardOf } from '../sync/observed.translate.js';
import { neutronSync } from './neutron-sync.js';
import { observedRows } from './observed-rows.js';

export const portSync: ClusterSyncKind = {
  kind: 'port',
  domain: 'network',
  ...neutronSync<PortWire>(({ cloud }) => cloud.network.ports, observedPort),
  /** The ports of a server or of a router. */
  listOf: ({ cloud, call }, deviceId) =>
    mapListing(cloud.network.ports.list({ deviceId: [deviceId] }, call), observedPort),
  ...observedRows('port'),
};

export function observedPort(port: PortWire): ObservedObject {
  return {
    id: port.id,
    name: port.name,
    ...standardOf(port),
    status: port.status,
    parentId: port.device_id || null,
    fields: {
      network_id: port.network_id,
      mac_address: port.mac_address,
      fixed_ips: sortedBy(
        port.fixed_ips.map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address })),
        (ip) => ip.ip_address,
      ),
      admin_state_up: port.admin_state_up,
      device_id: port.device_id,
      device_owner: port.device_owner,
      host: port['binding:host_id'] || null,
      vnic_type: port['binding:vnic_type'] ?? null,
      vif_type: port['binding:vif_type'] ?? null,
      security_groups: sorted(port.security_groups),
      ...shown({
        port_security_enabled: port.port_security_enabled,
        allowed_address_pairs: port.allowed_address_pairs && pairsOf(port.allowed_address_pairs),
        qos_policy_id: port.qos_policy_id,
      }),
      description: port.description ?? null,
      tags: sorted(port.tags),
    },
  };
}

const pairsOf = (pairs: readonly AddressPairWire[]) =>
  sortedBy(
    pairs.map(({ ip_address, mac_address }) => ({ ip_address, mac_address: mac_address ?? null })),
    (pair) => `${pair.ip_address} ${pair.mac_address}`,
  );
