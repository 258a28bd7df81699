import { ApiError, type Call, type Reply, param, reply, tokenOf } from '../http/call.js';
import { DEFAULT_DOMAIN, type UserRow } from './identity.store.js';
import { requireAdmin } from './projects.handlers.js';

/** `GET /v3/users` (administrators). */
export function listUsers(call: Call): Reply {
  requireAdmin(call, 'identity:list_users');
  const name = call.query.get('name');
  const rows = [...call.cluster.identity.users.values()].filter((row) => name === null || row.name === name);
  return reply(200, {
    users: rows.map((row) => view(call, row)),
    links: { next: null, self: `${call.base}/identity${call.path}`, previous: null },
  });
}

/** `GET /v3/users/{id}`: anybody may see himself, administrators all. */
export function showUser(call: Call): Reply {
  const id = param(call, 'user');
  if (tokenOf(call).user.id !== id) requireAdmin(call, 'identity:get_user');
  const row = call.cluster.identity.users.get(id);
  if (!row) throw new ApiError(404, `Could not find user: ${id}.`);
  return reply(200, { user: view(call, row) });
}

function view(call: Call, row: UserRow) {
  return {
    id: row.id,
    name: row.name,
    domain_id: DEFAULT_DOMAIN.id,
    enabled: row.enabled,
    default_project_id: row.defaultProjectId,
    password_expires_at: null,
    options: {},
    links: { self: `${call.base}/identity/v3/users/${row.id}` },
  };
}
