import { randomBytes } from 'node:crypto';
import { bodyMember } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, param, reply, tokenOf } from '../http/call.js';
import { microTime, parseTime } from '../http/times.js';
import { type ApplicationCredentialRow, newKeystoneId, stableKeystoneId } from './identity.store.js';

/** `POST /v3/users/{user}/application_credentials`: the only answer that shows the secret. */
export function createApplicationCredential(call: Call): Reply {
  const token = own(call);
  const given = bodyMember(call, 'application_credential');
  const { applicationCredentials } = call.cluster.identity;
  const name = String(given['name'] ?? '');
  if (rows(call).some((row) => row.name === name)) {
    throw new ApiError(
      409,
      `Conflict occurred attempting to store application_credential - Duplicate entry found with name ${name}.`,
    );
  }
  const row: ApplicationCredentialRow = {
    id: newKeystoneId(),
    name,
    description: typeof given['description'] === 'string' ? given['description'] : null,
    userId: token.user.id,
    projectId: token.project?.id ?? '',
    secret: typeof given['secret'] === 'string' ? given['secret'] : randomBytes(64).toString('base64url'),
    unrestricted: given['unrestricted'] === true,
    expiresAt: typeof given['expires_at'] === 'string' ? (parseTime(given['expires_at']) ?? null) : null,
  };
  applicationCredentials.add(row);
  return reply(201, { application_credential: { ...view(call, row), secret: row.secret } });
}

/** `GET /v3/users/{user}/application_credentials`. */
export function listApplicationCredentials(call: Call): Reply {
  own(call);
  return reply(200, {
    application_credentials: rows(call).map((row) => view(call, row)),
    links: { next: null, self: `${call.base}/identity${call.path}`, previous: null },
  });
}

/** `GET /v3/users/{user}/application_credentials/{id}`. */
export function showApplicationCredential(call: Call): Reply {
  return reply(200, { application_credential: view(call, find(call)) });
}

/** `DELETE /v3/users/{user}/application_credentials/{id}`: the tokens got with it are void too. */
export function deleteApplicationCredential(call: Call): Reply {
  const row = find(call);
  const { applicationCredentials, tokens } = call.cluster.identity;
  applicationCredentials.remove(row);
  for (const [id, token] of tokens) if (token.applicationCredential?.id === row.id) tokens.delete(id);
  return empty(204);
}

function own(call: Call) {
  const token = tokenOf(call);
  if (token.user.id !== param(call, 'user'))
    throw new ApiError(403, 'You are not authorized to perform the requested action.');
  return token;
}

function rows(call: Call): ApplicationCredentialRow[] {
  const user = param(call, 'user');
  return [...call.cluster.identity.applicationCredentials.values()].filter((row) => row.userId === user);
}

function find(call: Call): ApplicationCredentialRow {
  own(call);
  const found = call.cluster.identity.applicationCredentials.get(param(call, 'id'));
  if (!found) throw new ApiError(404, `Could not find application credential: ${param(call, 'id')}.`);
  return found;
}

function view(call: Call, row: ApplicationCredentialRow) {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    project_id: row.projectId,
    user_id: row.userId,
    system: null,
    roles: call.cluster.identity.rolesOf(row.userId, row.projectId).map((name) => ({
      id: stableKeystoneId('role', name),
      name,
      domain_id: null,
      description: null,
      options: { immutable: true },
    })),
    expires_at: row.expiresAt === null ? null : microTime(row.expiresAt),
    unrestricted: row.unrestricted,
    links: { self: `${call.base}/identity/v3/users/${row.userId}/application_credentials/${row.id}` },
  };
}
