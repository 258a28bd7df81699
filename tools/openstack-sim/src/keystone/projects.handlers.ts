import type {
  ProjectListWire,
  ProjectResponseWire,
  ProjectWire,
} from '@ultron/openstack/identity/projects.wire';
import { bodyMember } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, param, reply, tokenOf } from '../http/call.js';
import { DEFAULT_DOMAIN, type ProjectRow, newKeystoneId } from './identity.store.js';

const FORBIDDEN = 'You are not authorized to perform the requested action';

/** `GET /v3/auth/projects`: those in which the caller has a role. */
export function listOwnProjects(call: Call): Reply {
  return page(call, call.cluster.identity.projectsOf(tokenOf(call).user.id));
}

/** `GET /v3/projects`. */
export function listProjects(call: Call): Reply {
  requireAdmin(call, 'identity:list_projects');
  const name = call.query.get('name');
  return page(
    call,
    [...call.cluster.identity.projects.values()].filter((project) => name === null || project.name === name),
  );
}

/** `GET /v3/projects/{id}`. */
export function showProject(call: Call): Reply {
  return reply<ProjectResponseWire>(200, { project: view(call, findProject(call)) });
}

/** `POST /v3/projects`. */
export function createProject(call: Call): Reply {
  requireAdmin(call, 'identity:create_project');
  const given = bodyMember(call, 'project');
  const name = String(given['name'] ?? '');
  const { identity } = call.cluster;
  if ([...identity.projects.values()].some((project) => project.name === name)) {
    throw new ApiError(
      409,
      'Conflict occurred attempting to store project - it is not permitted to have two projects with the same name in the same domain.',
    );
  }
  const row = {
    id: newKeystoneId(),
    name,
    description: String(given['description'] ?? ''),
    enabled: given['enabled'] !== false,
  };
  identity.projects.add(row);
  return reply<ProjectResponseWire>(201, { project: view(call, row) });
}

/** `DELETE /v3/projects/{id}`. */
export function deleteProject(call: Call): Reply {
  requireAdmin(call, 'identity:delete_project');
  call.cluster.identity.projects.remove(findProject(call));
  return empty(204);
}

export function requireAdmin(call: Call, rule: string): void {
  if (!tokenOf(call).roles.includes('admin')) throw new ApiError(403, `${FORBIDDEN}: ${rule}.`);
}

function findProject(call: Call): ProjectRow {
  const id = param(call, 'id');
  const found = call.cluster.identity.projects.get(id);
  if (!found) throw new ApiError(404, `Could not find project: ${id}.`);
  return found;
}

function page(call: Call, rows: ProjectRow[]): Reply {
  return reply<ProjectListWire>(200, {
    projects: rows.map((row) => view(call, row)),
    links: { next: null, self: `${call.base}/identity${call.path}`, previous: null },
  });
}

function view(call: Call, row: ProjectRow): ProjectWire {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    domain_id: DEFAULT_DOMAIN.id,
    parent_id: DEFAULT_DOMAIN.id,
    enabled: row.enabled,
    is_domain: false,
    tags: [],
    options: {},
    links: { self: `${call.base}/identity/v3/projects/${row.id}` },
  };
}
