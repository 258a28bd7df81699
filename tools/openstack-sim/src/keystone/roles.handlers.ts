import { ApiError, type Call, type Reply, empty, param, reply } from '../http/call.js';
import { type RoleName, stableKeystoneId } from './identity.store.js';
import { requireAdmin } from './projects.handlers.js';

const ROLES: readonly RoleName[] = ['admin', 'member', 'reader'];

/** `GET /v3/roles`. */
export function listRoles(call: Call): Reply {
  requireAdmin(call, 'identity:list_roles');
  const name = call.query.get('name');
  return reply(200, {
    roles: ROLES.filter((role) => name === null || role === name).map((role) => view(call, role)),
    links: { next: null, self: `${call.base}/identity${call.path}`, previous: null },
  });
}

/** `PUT /v3/projects/{id}/users/{user}/roles/{role}`. */
export function grantRole(call: Call): Reply {
  const { projectId, userId, role } = grant(call);
  const { identity } = call.cluster;
  identity.assign(userId, projectId, [...new Set([...identity.rolesOf(userId, projectId), role])]);
  return empty(204);
}

/** `DELETE /v3/projects/{id}/users/{user}/roles/{role}`. */
export function revokeRole(call: Call): Reply {
  const { projectId, userId, role } = grant(call);
  const { identity } = call.cluster;
  identity.assign(
    userId,
    projectId,
    identity.rolesOf(userId, projectId).filter((held) => held !== role),
  );
  return empty(204);
}

function grant(call: Call): { projectId: string; userId: string; role: RoleName } {
  requireAdmin(call, 'identity:create_grant');
  const { identity } = call.cluster;
  const [projectId, userId, roleId] = [param(call, 'id'), param(call, 'user'), param(call, 'role')];
  const role = ROLES.find((name) => stableKeystoneId('role', name) === roleId);
  if (!identity.projects.get(projectId)) throw new ApiError(404, `Could not find project: ${projectId}.`);
  if (!identity.users.get(userId)) throw new ApiError(404, `Could not find user: ${userId}.`);
  if (!role) throw new ApiError(404, `Could not find role: ${roleId}.`);
  return { projectId, userId, role };
}

function view(call: Call, name: RoleName) {
  const id = stableKeystoneId('role', name);
  return {
    id,
    name,
    domain_id: null,
    description: null,
    options: {},
    links: { self: `${call.base}/identity/v3/roles/${id}` },
  };
}
