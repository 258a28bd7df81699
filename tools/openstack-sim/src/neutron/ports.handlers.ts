import { DEVICE_OWNERS, ROUTER_INTERFACE_OWNERS } from '@ultron/openstack/network/device-owners';
import type {
  FixedIpWire,
  PortCreateWire,
  PortListWire,
  PortResponseWire,
} from '@ultron/openstack/network/ports.wire';
import { bodyMember, isRecord } from '../http/body.js';
import { type Call, type Reply, empty, reply } from '../http/call.js';
import { parseAddress } from './address.rules.js';
import { checkChanges, checkMembers } from './attributes.js';
import { defaultGroup } from './default-group.js';
import { hasExtension } from './extensions.js';
import { checkQuota, checkRevision, findOwn, ownerOf, standard } from './neutron.access.js';
import { badRequest, badResource, inUse, notFound } from './neutron.errors.js';
import { listBody, pick } from './neutron.list.js';
import { portView } from './neutron.views.js';
import type { NetworkRow, PortRow } from './network.store.js';
import { checkSecurityOff, pairsGiven } from './port-security.rules.js';
import { policyGiven } from './qos.rules.js';
import { bound, newPortRow } from './server-port.js';
import { allocate, checkMac, key, newMac } from './ports.rules.js';

const FILTERS = [
  'id',
  'name',
  'network_id',
  'project_id',
  'device_id',
  'device_owner',
  'mac_address',
  'status',
  'admin_state_up',
  'description',
  'binding:host_id',
  'revision_number',
] as const;

/** `GET /v2.0/ports`. */
export function listPorts(call: Call): Reply {
  const { items, links } = listBody(call, {
    collection: 'ports',
    table: call.cluster.network.ports,
    candidates: fewPorts,
    special: {
      fixed_ips: hasFixedIp,
      security_groups: (row, values) => values.some((id) => row.security_groups.includes(id)),
    },
    view: portView,
    filters: FILTERS,
  });
  return reply<PortListWire>(200, { ports: items, ...(links ? { ports_links: links } : {}) });
}

/** Ports found by an index, for the filters by which they are mostly asked. */
function fewPorts(call: Call): PortRow[] | undefined {
  const { network } = call.cluster;
  const by = (name: string, find: (value: string) => Iterable<PortRow>): PortRow[] | undefined =>
    call.query.has(name)
      ? [...new Set(call.query.getAll(name).flatMap((value) => [...find(value)]))]
      : undefined;
  return (
    by('id', (id) => [network.ports.get(id)].filter((row) => row !== undefined)) ??
    by('device_id', (id) => network.portsByDevice.get(id)) ??
    by('name', (name) => network.portsByName.get(name)) ??
    by('network_id', (id) => network.portsByNetwork.get(id))
  );
}

/** `fixed_ips=ip_address=A`, `subnet_id=S`, `ip_address_substr=P`. */
function hasFixedIp(row: PortRow, values: string[]): boolean {
  return values.every((value) => {
    const [field, wanted = ''] = value.split('=');
    return row.fixed_ips.some((ip) => {
      if (field === 'ip_address') return ip.ip_address === wanted;
      return field === 'ip_address_substr'
        ? ip.ip_address.includes(wanted)
        : field === 'subnet_id' && ip.subnet_id === wanted;
    });
  });
}

/** `GET /v2.0/ports/{id}`. */
export function showPort(call: Call): Reply {
  const row = findOwn(call, call.cluster.network.ports);
  return reply<PortResponseWire>(200, { port: pick(portView(call, row), call.query.getAll('fields')) });
}

/** `POST /v2.0/ports`, one or several; of several, all are made or none. */
export function createPorts(call: Call): Reply {
  const body = call.body;
  if (!isRecord(body) || !Array.isArray(body['ports'])) {
    const [row] = makeAll(call, [bodyMember(call, 'port') as unknown as PortCreateWire]);
    if (!row) throw new Error('no port was made');
    return reply<PortResponseWire>(201, { port: portView(call, row) });
  }
  const rows = makeAll(call, body['ports'] as PortCreateWire[]);
  return reply<PortListWire>(201, { ports: rows.map((row) => portView(call, row)) });
}

/** Makes each row before storing any, so that a refused one leaves nothing behind. */
function makeAll(call: Call, given: PortCreateWire[]): PortRow[] {
  if (given.length === 0) throw badRequest('Resources required');
  const taken = new Set<string>();
  const byProject = Map.groupBy(given, (one) => ownerOf(call, one));
  for (const [project, ones] of byProject) checkQuota(call, 'port', project, ones.length);
  const rows = given.map((one) => make(call, one, taken));
  for (const row of rows) call.cluster.network.ports.add(row);
  return rows;
}

function make(call: Call, given: PortCreateWire, taken: Set<string>): PortRow {
  checkMembers(call, given, CREATABLE, tagsNeed(call));
  checkAddresses(given);
  const network = networkOf(call, given);
  const project = ownerOf(call, given);
  checkMac(call, given);
  const fixedIps = allocate(call, network, given.fixed_ips, taken);
  for (const ip of fixedIps) taken.add(key(ip));
  const secure = given.port_security_enabled ?? network.port_security_enabled ?? true;
  const mac = given.mac_address ?? newMac(call, network.id);
  return {
    ...newPortRow(call.cluster, network, project),
    ...standard(call, given, project),
    mac_address: mac,
    admin_state_up: given.admin_state_up ?? true,
    device_id: given.device_id ?? '',
    device_owner: given.device_owner ?? '',
    fixed_ips: fixedIps,
    security_groups: groupsOf(call, given.security_groups, secure, project),
    allowed_address_pairs: pairsGiven(given.allowed_address_pairs, secure, mac),
    port_security_enabled: secure,
    qos_policy_id: policyGiven(call, given.qos_policy_id),
    'binding:vnic_type': given['binding:vnic_type'] ?? 'normal',
    'binding:profile': given['binding:profile'] ?? {},
    ...(given['binding:host_id'] ? bound(call.cluster, given['binding:host_id']) : {}),
  };
}

/** The tags of a new port have an extension of their own beside the one for all resources. */
const tagsNeed = (call: Call): Record<string, string> =>
  hasExtension(call.cluster, 'tag-ports-during-bulk-creation')
    ? { tags: 'tag-ports-during-bulk-creation' }
    : {};

function checkAddresses(given: PortCreateWire): void {
  const bad = given.fixed_ips?.find((ip) => ip.ip_address !== undefined && !parseAddress(ip.ip_address));
  if (bad) {
    throw badRequest(
      `Invalid input for fixed_ips. Reason: '${String(bad.ip_address)}' is not a valid IP address.`,
    );
  }
}

function networkOf(call: Call, given: PortCreateWire): NetworkRow {
  if (typeof given.network_id !== 'string') {
    throw badRequest("Failed to parse request. Required attribute 'network_id' not specified");
  }
  const network = call.cluster.network.networks.get(given.network_id);
  if (!network) throw notFound('networks', given.network_id);
  return network;
}

function groupsOf(call: Call, asked: string[] | undefined, secure: boolean, project: string): string[] {
  if (asked === undefined) return secure ? [defaultGroup(call.cluster, project).id] : [];
  if (asked.length > 0 && !secure) {
    throw badRequest(
      'Port security must be enabled in order to have allowed address pairs and security groups on a port.',
      'PortSecurityAndIPRequiredForSecurityGroups',
    );
  }
  for (const id of asked) if (!call.cluster.network.groups.get(id)) throw notFound('security_groups', id);
  return [...asked];
}

const UPDATABLE = new Set([
  'name',
  'description',
  'admin_state_up',
  'fixed_ips',
  'security_groups',
  'device_id',
  'device_owner',
  'allowed_address_pairs',
  'extra_dhcp_opts',
  'port_security_enabled',
  'qos_policy_id',
  'binding:host_id',
  'binding:profile',
  'binding:vnic_type',
  'mac_address',
]);
const READ_ONLY = new Set([
  'id',
  'project_id',
  'tenant_id',
  'network_id',
  'status',
  'revision_number',
  'tags',
]);
const CREATABLE = new Set([...UPDATABLE, 'network_id', 'tenant_id', 'project_id', 'tags', 'dns_name']);

/** `PUT /v2.0/ports/{id}`. */
export function updatePort(call: Call): Reply {
  const row = findOwn(call, call.cluster.network.ports);
  checkRevision(call, row);
  const given = bodyMember(call, 'port');
  checkChanges(call, given, UPDATABLE, READ_ONLY);
  const changes: Partial<PortRow> = { ...given, ...securityChanges(call, row, given) };
  if (given['fixed_ips'] !== undefined)
    changes.fixed_ips = newAddresses(call, row, given['fixed_ips'] as Partial<FixedIpWire>[]);
  if (given['qos_policy_id'] !== undefined) changes.qos_policy_id = policyGiven(call, given['qos_policy_id']);
  if (changes['binding:host_id']) Object.assign(changes, bound(call.cluster, changes['binding:host_id']));
  call.cluster.network.updatePort(row, changes);
  return reply<PortResponseWire>(200, { port: portView(call, row) });
}

/** Groups, pairs and port security must fit one another as they will be, whichever of them changes. */
function securityChanges(call: Call, row: PortRow, given: Record<string, unknown>): Partial<PortRow> {
  const asked = given as { security_groups?: string[]; port_security_enabled?: boolean };
  const secure = asked.port_security_enabled ?? row.port_security_enabled ?? true;
  const groups = asked.security_groups ?? row.security_groups;
  const pairs = given['allowed_address_pairs'];
  if (!secure && asked.port_security_enabled === false)
    checkSecurityOff(groups, Array.isArray(pairs) ? pairs : (row.allowed_address_pairs ?? []));
  if (asked.security_groups) groupsOf(call, asked.security_groups, secure, row.project_id);
  return pairs === undefined ? {} : { allowed_address_pairs: pairsGiven(pairs, secure, row.mac_address) };
}

function newAddresses(call: Call, row: PortRow, asked: Partial<FixedIpWire>[]): FixedIpWire[] {
  const network = call.cluster.network.networks.get(row.network_id);
  if (!network) throw notFound('networks', row.network_id);
  const ips = allocate(call, network, asked, new Set(), row.fixed_ips);
  const [led] = [...call.cluster.network.floatingIpsByPort.get(row.id)];
  if (led && !ips.some((ip) => ip.ip_address === led.fixed_ip_address)) {
    throw badResource(
      'port',
      `Cannot update the fixed_ips of the port ${row.id}, because its original fixed_ip has been associated to a floating ip`,
    );
  }
  return ips;
}

/** Owners whose ports are made and deleted by way of a router or a floating IP, as long as there is one. */
const OF_ROUTERS = new Set<string>([
  ...ROUTER_INTERFACE_OWNERS,
  DEVICE_OWNERS.routerGateway,
  DEVICE_OWNERS.haInterface,
  DEVICE_OWNERS.centralizedSnat,
  DEVICE_OWNERS.floatingIp,
]);

/** `DELETE /v2.0/ports/{id}`: also of a port that a server uses, as Neutron allows for `compute:` owners. */
export function deletePort(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.ports);
  checkRevision(call, row);
  const isServed = network.routers.get(row.device_id) ?? network.floatingIps.get(row.device_id);
  if (OF_ROUTERS.has(row.device_owner) && isServed) {
    throw inUse(
      `Port ${row.id} cannot be deleted directly via the port API: has device owner ${row.device_owner}.`,
      'ServicePortInUse',
    );
  }
  network.ports.remove(row);
  return empty(204);
}
