import { DEVICE_OWNERS } from '@ultron/openstack/network/device-owners';
import type {
  FloatingIpCreateWire,
  FloatingIpListWire,
  FloatingIpResponseWire,
  FloatingIpWire,
} from '@ultron/openstack/network/floating-ips.wire';
import { bodyMember } from '../http/body.js';
import { type Call, type Reply, empty, reply } from '../http/call.js';
import { isAtLeast } from '../release/release.profiles.js';
import { checkChanges, checkMembers, onlyKnown } from './attributes.js';
import { hasExtension } from './extensions.js';
import { type Lead, leadTo } from './floating-ip.rules.js';
import {
  checkQuota,
  checkRevision,
  findOwn,
  isAdmin,
  makeOneOrMany,
  ownerOf,
  standard,
} from './neutron.access.js';
import { badRequest, badResource, forbidden, notFound } from './neutron.errors.js';
import { listBody, pick } from './neutron.list.js';
import type { FloatingIpRow, NetworkRow, PortRow } from './network.store.js';
import { policyGiven } from './qos.rules.js';
import { makeRouterPort } from './router-ports.js';

const FILTERS = [
  'id',
  'project_id',
  'floating_network_id',
  'floating_ip_address',
  'fixed_ip_address',
  'port_id',
  'router_id',
  'status',
  'description',
  'revision_number',
] as const;

/** `GET /v2.0/floatingips`. */
export function listFloatingIps(call: Call): Reply {
  const { items, links } = listBody(call, {
    collection: 'floatingips',
    table: call.cluster.network.floatingIps,
    view: floatingIpView,
    filters: FILTERS,
  });
  return reply<FloatingIpListWire>(200, {
    floatingips: items,
    ...(links ? { floatingips_links: links } : {}),
  });
}

/** `GET /v2.0/floatingips/{id}`. */
export function showFloatingIp(call: Call): Reply {
  const row = findOwn(call, call.cluster.network.floatingIps);
  return reply<FloatingIpResponseWire>(200, {
    floatingip: pick(floatingIpView(call, row), call.query.getAll('fields')),
  });
}

function floatingIpView(call: Call, row: FloatingIpRow): FloatingIpWire {
  const { external_port_id: _port, qos_policy_id: policy, ...rest } = row;
  const { network } = call.cluster;
  return onlyKnown(call.cluster, {
    ...rest,
    ...(hasExtension(call.cluster, 'qos-fip') ? { qos_policy_id: policy ?? null } : {}),
    port_details: detailsOf(network.ports.get(row.port_id ?? '')),
  });
}

function detailsOf(port: PortRow | undefined): FloatingIpWire['port_details'] {
  if (!port) return null;
  const { name, network_id, mac_address, admin_state_up, status, device_id, device_owner } = port;
  return { name, network_id, mac_address, admin_state_up, status, device_id, device_owner };
}

const UPDATABLE = new Set(['port_id', 'fixed_ip_address', 'description', 'qos_policy_id']);
const READ_ONLY = new Set([
  'id',
  'project_id',
  'tenant_id',
  'floating_network_id',
  'floating_ip_address',
  'router_id',
  'status',
  'revision_number',
  'tags',
]);
const CREATABLE = new Set([
  ...UPDATABLE,
  'project_id',
  'tenant_id',
  'floating_network_id',
  'floating_ip_address',
  'subnet_id',
  'tags',
]);
const QOS = { qos_policy_id: 'qos-fip' };

/** `POST /v2.0/floatingips`, one or several. */
export function createFloatingIps(call: Call): Reply {
  const names = { one: 'floatingip', many: 'floatingips' };
  const { single, rows } = makeOneOrMany(
    call,
    names,
    (given) => makeFloatingIp(call, given as unknown as FloatingIpCreateWire),
    (row) => removeFloatingIp(call, row),
  );
  const floatingips = rows.map((row) => floatingIpView(call, row));
  const [floatingip] = floatingips;
  return single && floatingip
    ? reply<FloatingIpResponseWire>(201, { floatingip })
    : reply<FloatingIpListWire>(201, { floatingips });
}

function makeFloatingIp(call: Call, given: FloatingIpCreateWire): FloatingIpRow {
  checkMembers(call, given, CREATABLE, QOS);
  if (given.floating_ip_address !== undefined && !isAdmin(call))
    throw forbidden('create_floatingip:floating_ip_address');
  const network = externalNetwork(call, given.floating_network_id);
  const project = ownerOf(call, given);
  checkQuota(call, 'floatingip', project, 1);
  const common = standard(call, given, project);
  const policy = policyGiven(call, given.qos_policy_id);
  const port = makeRouterPort(call.cluster, {
    networkId: network.id,
    projectId: '',
    owner: DEVICE_OWNERS.floatingIp,
    deviceId: common.id,
    fixedIps: addressAsked(given),
    status: 'N/A',
  });
  try {
    return store(call, given, { ...common, qos_policy_id: policy }, port);
  } catch (error) {
    call.cluster.network.ports.remove(port);
    throw error;
  }
}

function store(
  call: Call,
  given: FloatingIpCreateWire,
  { name: _name, ...common }: ReturnType<typeof standard> & { qos_policy_id: string | null },
  port: PortRow,
): FloatingIpRow {
  const address = port.fixed_ips.find((ip) => !ip.ip_address.includes(':'))?.ip_address;
  if (address === undefined) {
    throw badRequest(
      `Unable to find any IP address on external network ${port.network_id}.`,
      'ExternalIpAddressExhausted',
    );
  }
  const row: FloatingIpRow = {
    ...common,
    floating_network_id: port.network_id,
    floating_ip_address: address,
    external_port_id: port.id,
    port_id: null,
    fixed_ip_address: null,
    router_id: null,
    status: 'DOWN',
  };
  Object.assign(row, shownLead(leadTo(call, given, row)));
  call.cluster.network.floatingIps.add(row);
  return row;
}

function addressAsked(
  given: FloatingIpCreateWire,
): { subnet_id?: string; ip_address?: string }[] | undefined {
  const { subnet_id, floating_ip_address: ip_address } = given;
  if (subnet_id === undefined && ip_address === undefined) return undefined;
  return [
    {
      ...(subnet_id === undefined ? {} : { subnet_id }),
      ...(ip_address === undefined ? {} : { ip_address }),
    },
  ];
}

function externalNetwork(call: Call, id: unknown): NetworkRow {
  if (typeof id !== 'string')
    throw badRequest("Failed to parse request. Required attribute 'floating_network_id' not specified");
  const { network } = call.cluster;
  const row = network.networks.get(id);
  if (!row) throw notFound('networks', id);
  if (row['router:external'] !== true)
    throw badResource('floatingip', `Network ${id} is not a valid external network`);
  if (![...network.subnetsByNetwork.get(id)].some((subnet) => subnet.ip_version === 4))
    throw badResource('floatingip', `Network ${id} does not contain any IPv4 subnet`);
  return row;
}

/** The agents report at once what they were told. */
const shownLead = (lead: Lead): Partial<FloatingIpRow> => ({
  ...lead,
  status: lead.port_id === null ? 'DOWN' : 'ACTIVE',
});

/** `PUT /v2.0/floatingips/{id}`: leads it to a port, to another one, or (null) nowhere. */
export function updateFloatingIp(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.floatingIps);
  checkRevision(call, row);
  const given = bodyMember(call, 'floatingip');
  checkChanges(call, given, UPDATABLE, READ_ONLY, QOS);
  const changes: Partial<FloatingIpRow> = {};
  if (given['port_id'] !== undefined || given['fixed_ip_address'] !== undefined)
    Object.assign(changes, shownLead(leadTo(call, given, row)));
  if (given['description'] !== undefined) changes.description = String(given['description']);
  if (given['qos_policy_id'] !== undefined || forgetsPolicy(call))
    changes.qos_policy_id = policyGiven(call, given['qos_policy_id']);
  network.updateFloatingIp(row, changes);
  return reply<FloatingIpResponseWire>(200, { floatingip: floatingIpView(call, row) });
}

/** A defect of some releases (LP 2041609): a change that does not name the policy takes it away. */
const forgetsPolicy = ({ cluster: { profile } }: Call): boolean =>
  isAtLeast(profile, 'zed') && !isAtLeast(profile, '2024.1');

/** `DELETE /v2.0/floatingips/{id}`: also while it leads somewhere. */
export function deleteFloatingIp(call: Call): Reply {
  const row = findOwn(call, call.cluster.network.floatingIps);
  checkRevision(call, row);
  removeFloatingIp(call, row);
  return empty(204);
}

function removeFloatingIp(call: Call, row: FloatingIpRow): void {
  const { network } = call.cluster;
  network.floatingIps.remove(row);
  const port = network.ports.get(row.external_port_id);
  if (port) network.ports.remove(port);
}
