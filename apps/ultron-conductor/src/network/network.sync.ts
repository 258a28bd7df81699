import type { NetworkWire } from '@ultron/openstack/network/networks.wire';
import type { ObservedObject } from '@ultron/sync/kind/observed';
import { hastenInventory } from '../cluster/hasten-inventory.js';
import type { ClusterSyncKind } from '../sync/cluster-sync.js';
import { sorted, standardOf } from '../sync/observed.translate.js';
import { neutronSync } from './neutron-sync.js';

export const networkSync: ClusterSyncKind = {
  kind: 'network',
  domain: 'network',
  slowness: 2,
  applied: hastenInventory,
  dependants: ['subnet'],
  ...neutronSync<NetworkWire>(({ cloud }) => cloud.network.networks, observedNetwork),
};

function observedNetwork(network: NetworkWire): ObservedObject {
  return {
    id: network.id,
    name: network.name,
    ...standardOf(network),
    status: network.status,
    parentId: null,
    fields: {
      admin_state_up: network.admin_state_up,
      shared: network.shared,
      external: network['router:external'] ?? false,
      mtu: network.mtu ?? null,
      port_security_enabled: network.port_security_enabled ?? null,
      network_type: network['provider:network_type'] ?? null,
      physical_network: network['provider:physical_network'] ?? null,
      segmentation_id: network['provider:segmentation_id'] ?? null,
      subnets: sorted(network.subnets),
      qos_policy_id: network.qos_policy_id ?? null,
      availability_zones: sorted(network.availability_zones),
      dns_domain: network.dns_domain ?? null,
      description: network.description ?? null,
      tags: sorted(network.tags),
    },
  };
}
