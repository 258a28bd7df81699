import type { NetworkListWire, NetworkResponseWire } from '@ultron/openstack/network/networks.wire';
import { bodyMember } from '../http/body.js';
import { type Call, type Reply, empty, reply } from '../http/call.js';
import { checkChanges, checkMembers } from './attributes.js';
import { checkQuota, checkRevision, findOwn, makeOneOrMany, ownerOf, standard } from './neutron.access.js';
import { inUse } from './neutron.errors.js';
import { listBody, pick } from './neutron.list.js';
import { networkView } from './neutron.views.js';
import type { NetworkRow } from './network.store.js';
import { isAutoDeleted } from './ports.rules.js';
import { policyGiven } from './qos.rules.js';
import { serveNetwork } from './service-port.js';

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

const UPDATABLE = new Set([
  'name',
  'description',
  'admin_state_up',
  'shared',
  'router:external',
  'mtu',
  'port_security_enabled',
  'qos_policy_id',
]);
const READ_ONLY = new Set(['id', 'project_id', 'tenant_id', 'status', 'subnets', 'revision_number', 'tags']);
const CREATABLE = new Set([
  ...UPDATABLE,
  'project_id',
  'tenant_id',
  'tags',
  'is_default',
  'availability_zone_hints',
  'provider:network_type',
  'provider:physical_network',
  'provider:segmentation_id',
]);

/** `POST /v2.0/networks`, one or several. */
export function createNetworks(call: Call): Reply {
  const names = { one: 'network', many: 'networks' };
  const { single, rows } = makeOneOrMany(
    call,
    names,
    (given) => makeNetwork(call, given),
    (row) => removeNetwork(call, row),
  );
  const networks = rows.map((row) => ({ is_default: false, ...networkView(call, row) }));
  const [network] = networks;
  return single && network
    ? reply<NetworkResponseWire>(201, { network })
    : reply<NetworkListWire>(201, { networks });
}

function makeNetwork(call: Call, given: Record<string, unknown>): NetworkRow {
  checkMembers(call, given, CREATABLE);
  const project = ownerOf(call, given);
  checkQuota(call, 'network', project, 1);
  const row = newNetwork(call, given, project);
  call.cluster.network.networks.add(row);
  serveNetwork(call.cluster, row.id);
  return row;
}

function newNetwork(call: Call, given: Record<string, unknown>, project: string): NetworkRow {
  const { network } = call.cluster;
  const zones = given['availability_zone_hints'];
  return {
    ...standard(call, given, project),
    status: 'ACTIVE',
    admin_state_up: given['admin_state_up'] !== false,
    shared: given['shared'] === true,
    'router:external': given['router:external'] === true,
    mtu: typeof given['mtu'] === 'number' ? given['mtu'] : 1450,
    port_security_enabled: given['port_security_enabled'] !== false,
    qos_policy_id: policyGiven(call, given['qos_policy_id']),
    availability_zone_hints: Array.isArray(zones) ? zones.map(String) : [],
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

/** `PUT /v2.0/networks/{id}`. */
export function updateNetwork(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.networks);
  checkRevision(call, row);
  const given = bodyMember(call, 'network');
  checkChanges(call, given, UPDATABLE, READ_ONLY);
  if (given['qos_policy_id'] !== undefined) policyGiven(call, given['qos_policy_id']);
  Object.assign(row, given);
  network.touch(row);
  network.networks.changed(row);
  return reply<NetworkResponseWire>(200, { network: networkView(call, row) });
}

/** `DELETE /v2.0/networks/{id}`: with its subnets; 409 while there are ports on it that do not go by themselves. */
export function deleteNetwork(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.networks);
  checkRevision(call, row);
  const left = [...network.portsByNetwork.get(row.id)].filter((port) => !isAutoDeleted(port));
  if (left.length > 0) {
    const ids = left.map((port) => port.id).join(', ');
    throw inUse(
      `Unable to complete operation on network ${row.id}. There are one or more ports still in use on the network, id for these ports is: ${ids}.`,
      'NetworkInUse',
    );
  }
  removeNetwork(call, row);
  return empty(204);
}

function removeNetwork(call: Call, row: NetworkRow): void {
  const { network } = call.cluster;
  for (const port of [...network.portsByNetwork.get(row.id)]) network.ports.remove(port);
  for (const subnet of [...network.subnetsByNetwork.get(row.id)]) network.subnets.remove(subnet);
  network.networks.remove(row);
}
