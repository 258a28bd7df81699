import type {
  SecurityGroupListWire,
  SecurityGroupResponseWire,
} from '@ultron/openstack/network/security-groups.wire';
import { bodyMember } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, reply, tokenOf } from '../http/call.js';
import { defaultGroup, ruleRow } from './default-group.js';
import { checkQuota, checkRevision, findOwn, ownerOf, standard } from './neutron.access.js';
import { badRequest } from './neutron.errors.js';
import { listBody, pick } from './neutron.list.js';
import { groupView } from './neutron.views.js';
import type { SecurityGroupRow } from './network.store.js';

const FILTERS = ['id', 'name', 'project_id', 'description', 'revision_number', 'stateful', 'shared'] as const;

/** `GET /v2.0/security-groups`. */
export function listGroups(call: Call): Reply {
  defaultGroup(call.cluster, tokenOf(call).project?.id ?? '');
  const { items, links } = listBody(call, {
    collection: 'security_groups',
    table: call.cluster.network.groups,
    view: groupView,
    filters: FILTERS,
  });
  return reply<SecurityGroupListWire>(200, {
    security_groups: items,
    ...(links ? { security_groups_links: links } : {}),
  });
}

/** `GET /v2.0/security-groups/{id}`. */
export function showGroup(call: Call): Reply {
  const row = findOwn(call, call.cluster.network.groups);
  return reply<SecurityGroupResponseWire>(200, {
    security_group: pick(groupView(call, row), call.query.getAll('fields')),
  });
}

/** `POST /v2.0/security-groups`: a new group lets everything out. */
export function createGroup(call: Call): Reply {
  const { network } = call.cluster;
  const given = bodyMember(call, 'security_group');
  const project = ownerOf(call, given);
  defaultGroup(call.cluster, project);
  if (given['name'] === 'default')
    throw new ApiError(409, 'Default security group already exists.', 'SecurityGroupDefaultAlreadyExists');
  checkQuota(call, 'security_group', project, 1);
  const row: SecurityGroupRow = { ...standard(call, given, project), stateful: given['stateful'] !== false };
  network.groups.add(row);
  for (const ethertype of ['IPv4', 'IPv6'] as const)
    network.rules.add(ruleRow(call.cluster, row, { direction: 'egress', ethertype }));
  return reply<SecurityGroupResponseWire>(201, { security_group: groupView(call, row) });
}

/** `PUT /v2.0/security-groups/{id}`. */
export function updateGroup(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.groups);
  checkRevision(call, row);
  const given = bodyMember(call, 'security_group');
  if (row.name === 'default' && given['name'] !== undefined && given['name'] !== 'default') {
    throw new ApiError(
      409,
      'Updating default security group not allowed.',
      'SecurityGroupCannotUpdateDefault',
    );
  }
  const unknown = Object.keys(given).find((name) => !['name', 'description', 'stateful'].includes(name));
  if (unknown) throw badRequest(`Unrecognized attribute(s) '${unknown}'`);
  if (given['stateful'] !== undefined && given['stateful'] !== row.stateful && isUsed(call, row))
    throw inUse(row);
  Object.assign(row, given);
  network.touch(row);
  network.groups.changed(row);
  return reply<SecurityGroupResponseWire>(200, { security_group: groupView(call, row) });
}

/** `DELETE /v2.0/security-groups/{id}`: 409 while a port bears it. */
export function deleteGroup(call: Call): Reply {
  const { network } = call.cluster;
  const row = findOwn(call, network.groups);
  const own = row.project_id === tokenOf(call).project?.id;
  if (row.name === 'default' && own)
    throw new ApiError(
      409,
      'Insufficient rights for removing default security group.',
      'SecurityGroupCannotRemoveDefault',
    );
  if (isUsed(call, row)) throw inUse(row);
  for (const rule of [...network.rulesByGroup.get(row.id)]) network.rules.remove(rule);
  network.groups.remove(row);
  return empty(204);
}

function isUsed(call: Call, row: SecurityGroupRow): boolean {
  for (const port of call.cluster.network.ports.values())
    if (port.security_groups.includes(row.id)) return true;
  return false;
}

const inUse = (row: SecurityGroupRow): ApiError =>
  new ApiError(409, `Security Group ${row.id} in use.`, 'SecurityGroupInUse');
