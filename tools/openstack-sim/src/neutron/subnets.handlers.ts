import type { SubnetListWire, SubnetResponseWire } from '@ultron/openstack/network/subnets.wire';
import { bodyMember } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, reply } from '../http/call.js';
import { type Cidr, formatAddress, formatCidr, parseAddress, parseCidr } from './address.rules.js';
import { checkQuota, checkRevision, findOwn, ownerOf, standard } from './neutron.access.js';
import { badRequest, invalidInput, notFound } from './neutron.errors.js';
import { listBody, pick } from './neutron.list.js';
import { subnetView } from './neutron.views.js';
import type { SubnetRow } from './network.store.js';

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

/** `POST /v2.0/subnets`. */
export function createSubnet(call: Call): Reply {
  const given = bodyMember(call, 'subnet');
  const { network } = call.cluster;
  const parent = network.networks.get(String(given['network_id']));
  if (!parent) throw notFound('networks', String(given['network_id']));
  const project = ownerOf(call, given);
  checkQuota(call, 'subnet', project, 1);
  const cidr = cidrOf(given);
  refuseOverlap(call, parent.id, cidr);
  const row = newSubnet(call, given, project, cidr);
  network.subnets.add(row);
  return reply<SubnetResponseWire>(201, { subnet: subnetView(call, row) });
}

function cidrOf(given: Record<string, unknown>): Cidr {
  const cidr = parseCidr(String(given['cidr']));
  if (!cidr) throw invalidInput(`'${String(given['cidr'])}' is not a valid IP subnet`);
  if (cidr.version !== Number(given['ip_version']))
    throw invalidInput(
      `cidr ${formatCidr(cidr)} does not match the ip_version '${String(given['ip_version'])}'`,
    );
  return cidr;
}

function refuseOverlap(call: Call, networkId: string, cidr: Cidr): void {
  for (const other of call.cluster.network.subnetsByNetwork.get(networkId)) {
    const held = parseCidr(other.cidr);
    if (held && held.version === cidr.version && held.first <= cidr.last && cidr.first <= held.last) {
      throw invalidInput(
        `Requested subnet with cidr: ${formatCidr(cidr)} for network: ${networkId} overlaps with another subnet`,
      );
    }
  }
}

function newSubnet(call: Call, given: Record<string, unknown>, project: string, cidr: Cidr): SubnetRow {
  const gateway = gatewayOf(given, cidr);
  return {
    ...standard(call, given, project),
    network_id: String(given['network_id']),
    ip_version: cidr.version,
    cidr: formatCidr(cidr),
    gateway_ip: gateway,
    enable_dhcp: given['enable_dhcp'] !== false,
    allocation_pools: poolsOf(given, cidr, gateway),
    dns_nameservers: Array.isArray(given['dns_nameservers']) ? given['dns_nameservers'].map(String) : [],
    host_routes: Array.isArray(given['host_routes'])
      ? (given['host_routes'] as SubnetRow['host_routes'])
      : [],
    ipv6_ra_mode: null,
    ipv6_address_mode: null,
    subnetpool_id: null,
  };
}

function gatewayOf(given: Record<string, unknown>, cidr: Cidr): string | null {
  if (given['gateway_ip'] === null) return null;
  return typeof given['gateway_ip'] === 'string'
    ? given['gateway_ip']
    : formatAddress(cidr.version, cidr.first + 1n);
}

/** The pools asked for, or all of the subnet but its network, gateway and (IPv4) broadcast address. */
export function poolsOf(
  given: Record<string, unknown>,
  cidr: Cidr,
  gateway: string | null,
): SubnetRow['allocation_pools'] {
  if (Array.isArray(given['allocation_pools']) && given['allocation_pools'].length > 0)
    return checkedPools(given['allocation_pools'], cidr);
  const first = cidr.first + 1n;
  const last = cidr.version === 4 ? cidr.last - 1n : cidr.last;
  const middle = gateway === null ? undefined : parseAddress(gateway)?.value;
  if (middle === undefined || middle < first || middle > last) return range(cidr, first, last);
  return [...range(cidr, first, middle - 1n), ...range(cidr, middle + 1n, last)];
}

function range(cidr: Cidr, first: bigint, last: bigint): SubnetRow['allocation_pools'] {
  if (first > last) return [];
  return [{ start: formatAddress(cidr.version, first), end: formatAddress(cidr.version, last) }];
}

function checkedPools(given: unknown[], cidr: Cidr): SubnetRow['allocation_pools'] {
  return given.map((entry) => {
    const { start, end } = entry as { start?: string; end?: string };
    const first = parseAddress(String(start))?.value;
    const last = parseAddress(String(end))?.value;
    if (first === undefined || last === undefined || first > last)
      throw badRequest(`The allocation pool ${start}-${end} is not valid.`, 'InvalidAllocationPool');
    if (first < cidr.first || last > cidr.last) {
      throw badRequest(
        `The allocation pool ${start}-${end} spans beyond the subnet cidr ${formatCidr(cidr)}.`,
        'OutOfBoundsAllocationPool',
      );
    }
    return { start: String(start), end: String(end) };
  });
}

const UPDATABLE = new Set([
  'name',
  'description',
  'gateway_ip',
  'enable_dhcp',
  'dns_nameservers',
  'host_routes',
]);

/** `PUT /v2.0/subnets/{id}`. */
export function updateSubnet(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.subnets);
  checkRevision(call, row);
  const given = bodyMember(call, 'subnet');
  const unknown = Object.keys(given).find((name) => !UPDATABLE.has(name));
  if (unknown) throw badRequest(`Unrecognized attribute(s) '${unknown}'`);
  Object.assign(row, given);
  network.touch(row);
  network.subnets.changed(row);
  return reply<SubnetResponseWire>(200, { subnet: subnetView(call, row) });
}

/** `DELETE /v2.0/subnets/{id}`: 409 while a port holds an address of it. */
export function deleteSubnet(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.subnets);
  for (const port of network.portsByNetwork.get(row.network_id)) {
    if (port.fixed_ips.some((ip) => ip.subnet_id === row.id)) {
      throw new ApiError(
        409,
        `Unable to complete operation on subnet ${row.id}: One or more ports have an IP allocation from this subnet.`,
        'SubnetInUse',
      );
    }
  }
  network.subnets.remove(row);
  return empty(204);
}
