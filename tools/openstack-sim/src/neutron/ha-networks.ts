import { randomUUID } from 'node:crypto';
import { DEVICE_OWNERS } from '@ultron/openstack/network/device-owners';
import type { Cluster } from '../cluster/cluster.js';
import { secondTime } from '../http/times.js';
import { networkNodes } from './network-backend.js';
import type { NetworkRow, RouterRow } from './network.store.js';
import { makeRouterPort } from './router-ports.js';

const CIDR = '169.254.192.0/18';

const nameOf = (projectId: string): string => `HA network tenant ${projectId}`;

/** The instances of a VRRP router see one another over a network that belongs to nobody, one per project. */
export function joinHaNetwork(cluster: Cluster, router: RouterRow): void {
  if (cluster.networkBackend === 'ovn') return;
  const network = haNetwork(cluster, router.project_id) ?? makeHaNetwork(cluster, router.project_id);
  for (const _node of networkNodes(cluster)) {
    makeRouterPort(cluster, {
      networkId: network.id,
      projectId: '',
      owner: DEVICE_OWNERS.haInterface,
      deviceId: router.id,
      fixedIps: undefined,
    });
  }
}

/** The network goes with the last such router of the project. */
export function leaveHaNetwork(cluster: Cluster, projectId: string): void {
  const { network } = cluster;
  const row = haNetwork(cluster, projectId);
  if (!row || network.portsByNetwork.get(row.id).size > 0) return;
  for (const subnet of [...network.subnetsByNetwork.get(row.id)]) network.subnets.remove(subnet);
  network.networks.remove(row);
}

function haNetwork(cluster: Cluster, projectId: string): NetworkRow | undefined {
  for (const row of cluster.network.networks.values())
    if (row.name === nameOf(projectId) && row.project_id === '') return row;
  return undefined;
}

function makeHaNetwork(cluster: Cluster, projectId: string): NetworkRow {
  const now = secondTime(cluster.clock.now());
  const common = {
    tenant_id: '',
    project_id: '',
    description: '',
    created_at: now,
    updated_at: now,
    revision_number: 1,
    tags: [] as string[],
  };
  const row: NetworkRow = {
    ...common,
    id: randomUUID(),
    name: nameOf(projectId),
    status: 'ACTIVE',
    admin_state_up: true,
    shared: false,
    'router:external': false,
    mtu: 1450,
    port_security_enabled: true,
    qos_policy_id: null,
    availability_zone_hints: [],
    availability_zones: [],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    'provider:network_type': 'vxlan',
    'provider:physical_network': null,
    'provider:segmentation_id': cluster.network.networks.size + 1,
  };
  cluster.network.networks.add(row);
  cluster.network.subnets.add({
    ...common,
    id: randomUUID(),
    name: `HA subnet tenant ${projectId}`,
    network_id: row.id,
    ip_version: 4,
    cidr: CIDR,
    gateway_ip: null,
    enable_dhcp: false,
    allocation_pools: [{ start: '169.254.192.1', end: '169.254.255.254' }],
    dns_nameservers: [],
    host_routes: [],
    ipv6_ra_mode: null,
    ipv6_address_mode: null,
    subnetpool_id: null,
  });
  return row;
}
