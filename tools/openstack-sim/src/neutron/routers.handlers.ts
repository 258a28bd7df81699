import { isDeepStrictEqual } from 'node:util';
import type { RouterListWire, RouterResponseWire, RouterWire } from '@ultron/openstack/network/routers.wire';
import { bodyMember } from '../http/body.js';
import { type Call, type Reply, empty, reply } from '../http/call.js';
import { isAtLeast } from '../release/release.profiles.js';
import { checkChanges, checkMembers, onlyKnown } from './attributes.js';
import {
  checkQuota,
  checkRevision,
  findOwn,
  isAdmin,
  makeOneOrMany,
  ownerOf,
  standard,
} from './neutron.access.js';
import { badResource, forbidden, inUse } from './neutron.errors.js';
import { listBody, pick } from './neutron.list.js';
import type { RouterRow } from './network.store.js';
import { isRouterInterface } from './ports.rules.js';
import { joinHaNetwork, leaveHaNetwork } from './ha-networks.js';
import { gatewayPortOf, setGateway } from './router-gateway.js';

const FILTERS = [
  'id',
  'name',
  'project_id',
  'admin_state_up',
  'status',
  'description',
  'distributed',
  'ha',
  'revision_number',
] as const;

/** `GET /v2.0/routers`. */
export function listRouters(call: Call): Reply {
  const { items, links } = listBody(call, {
    collection: 'routers',
    table: call.cluster.network.routers,
    view: routerView,
    filters: FILTERS,
  });
  return reply<RouterListWire>(200, { routers: items, ...(links ? { routers_links: links } : {}) });
}

/** `GET /v2.0/routers/{id}`. */
export function showRouter(call: Call): Reply {
  const row = findOwn(call, call.cluster.network.routers);
  return reply<RouterResponseWire>(200, { router: pick(routerView(call, row), call.query.getAll('fields')) });
}

/** How it is carried out is shown to administrators only. */
export function routerView(call: Call, row: RouterRow): RouterWire {
  const { gateway, ...rest } = row;
  const wire: RouterWire = onlyKnown(call.cluster, {
    ...rest,
    external_gateway_info: gateway && {
      network_id: gateway.network_id,
      external_fixed_ips: gatewayPortOf(call.cluster, row)?.fixed_ips ?? [],
      enable_snat: gateway.enable_snat,
      ...(gateway.qos_policy_id === null ? {} : { qos_policy_id: gateway.qos_policy_id }),
    },
  });
  if (isAdmin(call)) return wire;
  delete wire.distributed;
  delete wire.ha;
  return wire;
}

const UPDATABLE = new Set([
  'name',
  'description',
  'admin_state_up',
  'external_gateway_info',
  'routes',
  'distributed',
  'ha',
]);
const READ_ONLY = new Set([
  'id',
  'project_id',
  'tenant_id',
  'status',
  'revision_number',
  'tags',
  'flavor_id',
]);
const CREATABLE = new Set([
  ...UPDATABLE,
  'project_id',
  'tenant_id',
  'availability_zone_hints',
  'flavor_id',
  'tags',
]);
const ZONES = { availability_zone_hints: 'router_availability_zone' };

/** `POST /v2.0/routers`, one or several. */
export function createRouters(call: Call): Reply {
  const names = { one: 'router', many: 'routers' };
  const { single, rows } = makeOneOrMany(
    call,
    names,
    (given) => makeRouter(call, given),
    (row) => removeRouter(call, row),
  );
  const routers = rows.map((row) => routerView(call, row));
  const [router] = routers;
  return single && router
    ? reply<RouterResponseWire>(201, { router })
    : reply<RouterListWire>(201, { routers });
}

function makeRouter(call: Call, given: Record<string, unknown>): RouterRow {
  checkMembers(call, given, CREATABLE, ZONES);
  refuseToMembers(call, given, 'create_router');
  const project = ownerOf(call, given);
  checkQuota(call, 'router', project, 1);
  const row = newRouter(call, given, project);
  call.cluster.network.routers.add(row);
  try {
    if (row.ha) joinHaNetwork(call.cluster, row);
    setGateway(call, row, given['external_gateway_info']);
  } catch (error) {
    removeRouter(call, row);
    throw error;
  }
  return row;
}

function newRouter(call: Call, given: Record<string, unknown>, project: string): RouterRow {
  const { networkBackend, profile } = call.cluster;
  const zones = given['availability_zone_hints'];
  const isReplicated =
    networkBackend === 'l3ha' || (networkBackend === 'ovn' && isAtLeast(profile, '2025.1'));
  return {
    ...standard(call, given, project),
    status: 'ACTIVE',
    admin_state_up: given['admin_state_up'] !== false,
    gateway: null,
    routes: (given['routes'] as RouterRow['routes']) ?? [],
    distributed: (given['distributed'] ?? networkBackend === 'dvr') === true,
    ha: (given['ha'] ?? isReplicated) === true,
    availability_zone_hints: Array.isArray(zones) ? zones.map(String) : [],
    availability_zones: ['nova'],
    flavor_id: typeof given['flavor_id'] === 'string' ? given['flavor_id'] : null,
  };
}

/** What only administrators may say of a router. */
function refuseToMembers(call: Call, given: Record<string, unknown>, rule: string): void {
  if (isAdmin(call)) return;
  const named = ['distributed', 'ha'].find((name) => given[name] !== undefined);
  if (named) throw forbidden(`${rule}:${named}`);
  const info = (given['external_gateway_info'] ?? {}) as Record<string, unknown>;
  const inside = ['enable_snat', 'external_fixed_ips'].find((name) => info[name] !== undefined);
  if (inside) throw forbidden(`${rule}:external_gateway_info:${inside}`);
}

/** `PUT /v2.0/routers/{id}`. */
export function updateRouter(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.routers);
  checkRevision(call, row);
  const given = bodyMember(call, 'router');
  checkChanges(call, given, UPDATABLE, READ_ONLY);
  refuseToMembers(call, given, 'update_router');
  refuseWhileUp(row, given);
  const { external_gateway_info: info, ...changes } = given;
  const before = row.gateway;
  if (info !== undefined) changeGateway(call, row, info);
  Object.assign(row, changes);
  const quietly =
    Object.keys(changes).length === 0 &&
    isDeepStrictEqual(before, row.gateway) &&
    isAtLeast(call.cluster.profile, '2025.1');
  // Another address of the same gateway is a change of its port alone by now.
  if (!quietly) network.touch(row);
  network.routers.changed(row);
  return reply<RouterResponseWire>(200, { router: routerView(call, row) });
}

/** A defect of Neutron's: the gateway that comes or goes raises the revision, to which the request is held again after. */
function changeGateway(call: Call, row: RouterRow, info: unknown): void {
  const before = row.gateway?.network_id;
  setGateway(call, row, info);
  if (row.gateway?.network_id === before) return;
  call.cluster.network.touch(row);
  call.cluster.network.routers.changed(row);
  checkRevision(call, row);
}

/** How a router is carried out can only be changed while it is administratively down. */
function refuseWhileUp(row: RouterRow, given: Record<string, unknown>): void {
  const down = given['admin_state_up'] === false || !row.admin_state_up;
  for (const name of ['distributed', 'ha'] as const) {
    if (given[name] === undefined || given[name] === row[name] || down) continue;
    const what =
      name === 'ha' ? 'Cannot change HA attribute of active routers' : 'Cannot upgrade active router';
    throw badResource('router', `${what}. Please set router admin_state_up to False prior to upgrade`);
  }
}

/** `DELETE /v2.0/routers/{id}`: 409 while it has legs in subnets, or floating IPs need it. */
export function deleteRouter(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.routers);
  checkRevision(call, row);
  const legs = [...network.portsByDevice.get(row.id)].filter(isRouterInterface);
  if (legs.length > 0) {
    const ids = legs.map((port) => port.id).join(', ');
    throw inUse(`Router ${row.id} has ports still attached: ${ids}`, 'RouterInUse');
  }
  setGateway(call, row, null);
  removeRouter(call, row);
  return empty(204);
}

function removeRouter(call: Call, row: RouterRow): void {
  const { network } = call.cluster;
  for (const port of [...network.portsByDevice.get(row.id)]) network.ports.remove(port);
  network.routers.remove(row);
  if (row.ha) leaveHaNetwork(call.cluster, row.project_id);
}
