import type { SubnetListWire, SubnetResponseWire } from '@ultron/openstack/network/subnets.wire';
import { bodyMember } from '../http/body.js';
import { type Call, type Reply, empty, reply } from '../http/call.js';
import { type Cidr, formatCidr, parseCidr } from './address.rules.js';
import { isAtLeast } from '../release/release.profiles.js';
import { checkChanges, checkMembers } from './attributes.js';
import { checkQuota, checkRevision, findOwn, makeOneOrMany, ownerOf, standard } from './neutron.access.js';
import { inUse, invalidInput, notFound } from './neutron.errors.js';
import { listBody, pick } from './neutron.list.js';
import { subnetView } from './neutron.views.js';
import type { SubnetRow } from './network.store.js';
import { isAutoDeleted, isRouterInterface } from './ports.rules.js';
import { serveNetwork } from './service-port.js';
import { checkDhcp, checkedPools, cidrOf, doOverlap, gatewayOf, poolsOf } from './subnets.rules.js';

const FILTERS = [
  'id',
  'name',
  'project_id',
  'network_id',
  'cidr',
  'ip_version',
  'gateway_ip',
  'enable_dhcp',
  'description',
  'revision_number',
] as const;

/** `GET /v2.0/subnets`. */
export function listSubnets(call: Call): Reply {
  const { items, links } = listBody(call, {
    collection: 'subnets',
    table: call.cluster.network.subnets,
    candidates: ({ query, cluster }) =>
      query.has('network_id')
        ? query.getAll('network_id').flatMap((id) => [...cluster.network.subnetsByNetwork.get(id)])
        : undefined,
    isShared: sharedBy(call),
    view: subnetView,
    filters: FILTERS,
  });
  return reply<SubnetListWire>(200, { subnets: items, ...(links ? { subnets_links: links } : {}) });
}

/** A subnet is seen by whom its network is shared with; those of external networks are not. */
const sharedBy =
  (call: Call) =>
  (row: SubnetRow): boolean =>
    call.cluster.network.networks.get(row.network_id)?.shared ?? false;

/** `GET /v2.0/subnets/{id}`. */
export function showSubnet(call: Call): Reply {
  const row = findOwn(call, call.cluster.network.subnets, sharedBy(call));
  return reply<SubnetResponseWire>(200, { subnet: pick(subnetView(call, row), call.query.getAll('fields')) });
}

const UPDATABLE = new Set([
  'name',
  'description',
  'allocation_pools',
  'gateway_ip',
  'enable_dhcp',
  'dns_nameservers',
  'host_routes',
  'service_types',
]);
/** They are rows of their own: that they changed does not raise the revision of the subnet any more. */
const OWN_ROWS = new Set(['allocation_pools', 'dns_nameservers', 'host_routes']);
const READ_ONLY = new Set([
  'id',
  'project_id',
  'tenant_id',
  'network_id',
  'ip_version',
  'cidr',
  'ipv6_ra_mode',
  'ipv6_address_mode',
  'subnetpool_id',
  'revision_number',
  'tags',
]);
const CREATABLE = new Set([
  ...UPDATABLE,
  'project_id',
  'tenant_id',
  'network_id',
  'ip_version',
  'cidr',
  'ipv6_ra_mode',
  'ipv6_address_mode',
  'subnetpool_id',
  'prefixlen',
  'tags',
]);

/** `POST /v2.0/subnets`, one or several. */
export function createSubnets(call: Call): Reply {
  const { network } = call.cluster;
  const { single, rows } = makeOneOrMany(
    call,
    { one: 'subnet', many: 'subnets' },
    (given) => makeSubnet(call, given),
    (row) => network.subnets.remove(row),
  );
  for (const id of new Set(rows.map((row) => row.network_id))) serveNetwork(call.cluster, id);
  const subnets = rows.map((row) => subnetView(call, row));
  const [subnet] = subnets;
  return single && subnet
    ? reply<SubnetResponseWire>(201, { subnet })
    : reply<SubnetListWire>(201, { subnets });
}

function makeSubnet(call: Call, given: Record<string, unknown>): SubnetRow {
  checkMembers(call, given, CREATABLE);
  const { network } = call.cluster;
  const parent = network.networks.get(String(given['network_id']));
  if (!parent) throw notFound('networks', String(given['network_id']));
  const project = ownerOf(call, given);
  checkQuota(call, 'subnet', project, 1);
  const cidr = cidrOf(given);
  const row = newSubnet(call, given, project, cidr);
  refuseOverlap(call, parent.id, cidr);
  network.subnets.add(row);
  network.reviseNetwork(parent.id);
  return row;
}

function refuseOverlap(call: Call, networkId: string, cidr: Cidr): void {
  for (const other of call.cluster.network.subnetsByNetwork.get(networkId)) {
    const held = parseCidr(other.cidr);
    if (held && doOverlap(held, cidr)) {
      throw invalidInput(
        `Requested subnet with cidr: ${formatCidr(cidr)} for network: ${networkId} overlaps with another subnet`,
      );
    }
  }
}

function newSubnet(call: Call, given: Record<string, unknown>, project: string, cidr: Cidr): SubnetRow {
  const gateway = gatewayOf(given['gateway_ip'], cidr);
  const enableDhcp = given['enable_dhcp'] !== false;
  checkDhcp(enableDhcp, cidr);
  return {
    ...standard(call, given, project),
    network_id: String(given['network_id']),
    ip_version: cidr.version,
    cidr: formatCidr(cidr),
    gateway_ip: gateway,
    enable_dhcp: enableDhcp,
    allocation_pools: poolsOf(given['allocation_pools'], cidr, gateway),
    dns_nameservers: Array.isArray(given['dns_nameservers']) ? given['dns_nameservers'].map(String) : [],
    host_routes: Array.isArray(given['host_routes'])
      ? (given['host_routes'] as SubnetRow['host_routes'])
      : [],
    ipv6_ra_mode: null,
    ipv6_address_mode: null,
    subnetpool_id: null,
  };
}

/** `PUT /v2.0/subnets/{id}`. */
export function updateSubnet(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.subnets);
  checkRevision(call, row);
  const given = bodyMember(call, 'subnet');
  checkChanges(call, given, UPDATABLE, READ_ONLY);
  const quietly = Object.keys(given).every((name) => OWN_ROWS.has(name));
  network.updateSubnet(
    row,
    changesOf(call, row, given),
    quietly && isAtLeast(call.cluster.profile, '2025.1'),
  );
  serveNetwork(call.cluster, row.network_id);
  return reply<SubnetResponseWire>(200, { subnet: subnetView(call, row) });
}

/** Pools and gateway must fit one another as they will be, whichever of them changes. */
function changesOf(call: Call, row: SubnetRow, given: Record<string, unknown>): Partial<SubnetRow> {
  const { allocation_pools: asked, gateway_ip: askedGateway, ...rest } = given;
  const cidr = cidrOf({ cidr: row.cidr, ip_version: row.ip_version });
  const changes: Partial<SubnetRow> = { ...rest };
  if (given['enable_dhcp'] === true && !row.enable_dhcp) checkDhcp(true, cidr);
  if (askedGateway !== undefined) {
    changes.gateway_ip = gatewayOf(askedGateway, cidr);
    if (changes.gateway_ip !== row.gateway_ip) refuseGatewayInUse(call, row);
  }
  if (asked === undefined && askedGateway === undefined) return changes;
  const pools = Array.isArray(asked) ? asked : row.allocation_pools;
  const gateway = changes.gateway_ip === undefined ? row.gateway_ip : changes.gateway_ip;
  return { ...changes, allocation_pools: checkedPools(pools, cidr, gateway) };
}

function refuseGatewayInUse(call: Call, row: SubnetRow): void {
  for (const port of call.cluster.network.portsByNetwork.get(row.network_id)) {
    const holds = port.fixed_ips.some((ip) => ip.subnet_id === row.id && ip.ip_address === row.gateway_ip);
    if (holds && isRouterInterface(port)) {
      throw inUse(
        `Current gateway ip ${row.gateway_ip} already in use by port ${port.id}. Unable to update.`,
        'GatewayIpInUse',
      );
    }
  }
}

/** `DELETE /v2.0/subnets/{id}`: 409 while a port holds an address of it that does not go by itself. */
export function deleteSubnet(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.subnets);
  checkRevision(call, row);
  const holders = [...network.portsByNetwork.get(row.network_id)].filter((port) =>
    port.fixed_ips.some((ip) => ip.subnet_id === row.id),
  );
  if (holders.some((port) => !isAutoDeleted(port))) {
    throw inUse(
      `Unable to complete operation on subnet ${row.id}: One or more ports have an IP allocation from this subnet.`,
      'SubnetInUse',
    );
  }
  for (const port of holders)
    network.updatePort(port, { fixed_ips: port.fixed_ips.filter((ip) => ip.subnet_id !== row.id) });
  network.subnets.remove(row);
  network.reviseNetwork(row.network_id);
  serveNetwork(call.cluster, row.network_id);
  return empty(204);
}
