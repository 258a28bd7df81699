import type { NetworkListWire, NetworkResponseWire } from '@ultron/openstack/network/networks.wire';
import { bodyMember } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, reply } from '../http/call.js';
import { checkQuota, checkRevision, findOwn, ownerOf, standard } from './neutron.access.js';
import { badRequest } from './neutron.errors.js';
import { listBody, pick } from './neutron.list.js';
import { networkView } from './neutron.views.js';
import type { NetworkRow } from './network.store.js';

const FILTERS = [
  'id',
  'name',
  'project_id',
  'status',
  'admin_state_up',
  'shared',
  'router:external',
  'description',
  'mtu',
  'provider:network_type',
  'provider:physical_network',
  'provider:segmentation_id',
  'revision_number',
] as const;

const isShared = (row: NetworkRow): boolean => row.shared || row['router:external'] === true;

/** `GET /v2.0/networks`. */
export function listNetworks(call: Call): Reply {
  const { items, links } = listBody(call, {
    collection: 'networks',
    table: call.cluster.network.networks,
    isShared,
    view: networkView,
    filters: FILTERS,
  });
  return reply<NetworkListWire>(200, { networks: items, ...(links ? { networks_links: links } : {}) });
}

/** `GET /v2.0/networks/{id}`. */
export function showNetwork(call: Call): Reply {
  const row = findOwn(call, call.cluster.network.networks, isShared);
  return reply<NetworkResponseWire>(200, {
    network: pick(networkView(call, row), call.query.getAll('fields')),
  });
}

/** `POST /v2.0/networks`. */
export function createNetwork(call: Call): Reply {
  const given = bodyMember(call, 'network');
  const project = ownerOf(call, given);
  checkQuota(call, 'network', project, 1);
  const row = newNetwork(call, given, project);
  call.cluster.network.networks.add(row);
  return reply<NetworkResponseWire>(201, { network: { is_default: false, ...networkView(call, row) } });
}

function newNetwork(call: Call, given: Record<string, unknown>, project: string): NetworkRow {
  const { network } = call.cluster;
  return {
    ...standard(call, given, project),
    status: 'ACTIVE',
    admin_state_up: given['admin_state_up'] !== false,
    shared: given['shared'] === true,
    'router:external': given['router:external'] === true,
    mtu: typeof given['mtu'] === 'number' ? given['mtu'] : 1450,
    port_security_enabled: given['port_security_enabled'] !== false,
    availability_zone_hints: [],
    availability_zones: ['nova'],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    'provider:network_type': String(given['provider:network_type'] ?? 'vxlan'),
    'provider:physical_network':
      typeof given['provider:physical_network'] === 'string' ? given['provider:physical_network'] : null,
    'provider:segmentation_id':
      typeof given['provider:segmentation_id'] === 'number'
        ? given['provider:segmentation_id']
        : network.networks.size + 1,
  };
}

const UPDATABLE = new Set([
  'name',
  'description',
  'admin_state_up',
  'shared',
  'router:external',
  'mtu',
  'port_security_enabled',
]);

/** `PUT /v2.0/networks/{id}`. */
export function updateNetwork(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.networks);
  checkRevision(call, row);
  const given = bodyMember(call, 'network');
  const unknown = Object.keys(given).find((name) => !UPDATABLE.has(name));
  if (unknown) throw badRequest(`Unrecognized attribute(s) '${unknown}'`);
  Object.assign(row, given);
  network.touch(row);
  network.networks.changed(row);
  return reply<NetworkResponseWire>(200, { network: networkView(call, row) });
}

/** `DELETE /v2.0/networks/{id}`: with its subnets; 409 while there are ports on it. */
export function deleteNetwork(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.networks);
  if (network.portsByNetwork.get(row.id).size > 0) {
    throw new ApiError(
      409,
      `Unable to complete operation on network ${row.id}. There are one or more ports still in use on the network.`,
      'NetworkInUse',
    );
  }
  for (const subnet of [...network.subnetsByNetwork.get(row.id)]) network.subnets.remove(subnet);
  network.networks.remove(row);
  return empty(204);
}
