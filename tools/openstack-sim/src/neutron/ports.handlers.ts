import type {
  FixedIpWire,
  PortCreateWire,
  PortListWire,
  PortResponseWire,
} from '@ultron/openstack/network/ports.wire';
import { bodyMember, isRecord } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, reply } from '../http/call.js';
import { parseAddress } from './address.rules.js';
import { defaultGroup } from './default-group.js';
import { hasExtension } from './extensions.js';
import { checkQuota, checkRevision, findOwn, ownerOf, standard } from './neutron.access.js';
import { badRequest, invalidInput, notFound } from './neutron.errors.js';
import { listBody, pick } from './neutron.list.js';
import { portView } from './neutron.views.js';
import type { NetworkRow, PortRow } from './network.store.js';
import { bound } from './server-port.js';
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
    by('name', (name) => network.portsByName.get(name))
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
  checkMembers(given);
  const network = networkOf(call, given);
  const project = ownerOf(call, given);
  refuseTagsTooEarly(call, given);
  checkMac(call, given);
  const fixedIps = allocate(call, network, given.fixed_ips, taken);
  for (const ip of fixedIps) taken.add(key(ip));
  const secure = given.port_security_enabled ?? network.port_security_enabled ?? true;
  return {
    ...standard(call, given, project),
    ...(given.tags ? { tags: [...given.tags] } : {}),
    network_id: network.id,
    mac_address: given.mac_address ?? newMac(call, network.id),
    admin_state_up: given.admin_state_up ?? true,
    status: 'DOWN',
    device_id: given.device_id ?? '',
    device_owner: given.device_owner ?? '',
    fixed_ips: fixedIps,
    security_groups: groupsOf(call, given.security_groups, secure, project),
    allowed_address_pairs: given.allowed_address_pairs ?? [],
    extra_dhcp_opts: [],
    port_security_enabled: secure,
    'binding:vnic_type': given['binding:vnic_type'] ?? 'normal',
    'binding:host_id': given['binding:host_id'] ?? '',
    'binding:profile': given['binding:profile'] ?? {},
    'binding:vif_type': 'unbound',
    'binding:vif_details': {},
  };
}

function checkMembers(given: PortCreateWire): void {
  const unknown = Object.keys(given).find((name) => !CREATABLE.has(name));
  if (unknown) throw badRequest(`Unrecognized attribute(s) '${unknown}'`);
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

/** Without the extension, `tags` in a create is an attribute that the API does not know. */
function refuseTagsTooEarly(call: Call, given: PortCreateWire): void {
  if (given.tags === undefined) return;
  if (hasExtension(call.cluster.profile, 'tag-ports-during-bulk-creation')) return;
  throw badRequest("Unrecognized attribute(s) 'tags'");
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
  'binding:host_id',
  'binding:profile',
  'binding:vnic_type',
  'mac_address',
]);

const CREATABLE = new Set([
  ...UPDATABLE,
  'network_id',
  'tenant_id',
  'project_id',
  'tags',
  'dns_name',
  'qos_policy_id',
]);

/** `PUT /v2.0/ports/{id}`. */
export function updatePort(call: Call): Reply {
  const row = findOwn(call, call.cluster.network.ports);
  checkRevision(call, row);
  const given = bodyMember(call, 'port');
  const unknown = Object.keys(given).find((name) => !UPDATABLE.has(name));
  if (unknown) throw badRequest(`Unrecognized attribute(s) '${unknown}'`);
  const changes: Partial<PortRow> = { ...given };
  if (given['fixed_ips'] !== undefined)
    changes.fixed_ips = newAddresses(call, row, given['fixed_ips'] as Partial<FixedIpWire>[]);
  if (changes.security_groups)
    groupsOf(
      call,
      changes.security_groups,
      changes.port_security_enabled ?? row.port_security_enabled ?? true,
      row.project_id,
    );
  if (changes['binding:host_id']) Object.assign(changes, bound(changes['binding:host_id']));
  call.cluster.network.updatePort(row, changes);
  return reply<PortResponseWire>(200, { port: portView(call, row) });
}

function newAddresses(call: Call, row: PortRow, asked: Partial<FixedIpWire>[]): FixedIpWire[] {
  const network = call.cluster.network.networks.get(row.network_id);
  if (!network) throw notFound('networks', row.network_id);
  return allocate(call, network, asked, new Set(), row.fixed_ips);
}

/** `DELETE /v2.0/ports/{id}`: also of a port that a server uses, as Neutron allows for `compute:` owners. */
export function deletePort(call: Call): Reply {
  const row = findOwn(call, call.cluster.network.ports);
  checkRevision(call, row);
  if (row.device_owner.startsWith('network:')) {
    throw new ApiError(
      409,
      `Port ${row.id} cannot be deleted directly via the port API: has device owner ${row.device_owner}.`,
      'ServicePortInUse',
    );
  }
  call.cluster.network.ports.remove(row);
  return empty(204);
}

/** Checks the value that a create gives as `tags` or a tag call sets (`neutron/extensions/tagging.py`). */
export function checkTags(tags: unknown): string[] {
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== 'string' || tag.length > 255))
    throw invalidInput(`'${String(tags)}' is not a list of tags`);
  return [...new Set(tags as string[])];
}
