import type {
  AuthRequestWire,
  CatalogResponseWire,
  ScopeWire,
  TokenResponseWire,
  UserRefWire,
} from '@ultron/openstack/identity/tokens.wire';
import { isRecord } from '../http/body.js';
import { ApiError, type Call, type Reply, empty, reply, tokenOf } from '../http/call.js';
import { microTime } from '../http/times.js';
import { catalogOf } from './catalog.js';
import {
  type ApplicationCredentialRow,
  DEFAULT_DOMAIN,
  type ProjectRow,
  type TokenRecord,
  type UserRow,
  stableKeystoneId,
} from './identity.store.js';

const UNAUTHORIZED = 'The request you have made requires authentication.';

interface Proof {
  methods: string[];
  user: UserRow;
  applicationCredential?: ApplicationCredentialRow;
  /** The token that the proof itself was, whose end the new one inherits. */
  parent?: TokenRecord;
}

/** `POST /v3/auth/tokens`. */
export function createToken(call: Call): Reply {
  const { identity, scope } = authOf(call);
  const proof = prove(call, identity);
  const project = projectFor(call, proof, scope);
  const roles = project ? call.cluster.identity.rolesOf(proof.user.id, project.id) : [];
  if (project && roles.length === 0) throw new ApiError(401, UNAUTHORIZED);
  const now = call.cluster.clock.now();
  call.cluster.identity.purge(now);
  const record = call.cluster.identity.issue({
    methods: proof.methods,
    user: proof.user,
    project,
    roles,
    issuedAt: now,
    expiresAt: proof.parent?.expiresAt ?? now + call.cluster.settings.tokenLifetimeMs,
    applicationCredential: proof.applicationCredential,
  });
  return reply<TokenResponseWire>(201, tokenView(call, record), { 'X-Subject-Token': record.token });
}

/** `GET /v3/auth/tokens`. */
export function showToken(call: Call): Reply {
  const record = subjectOf(call);
  return reply<TokenResponseWire>(200, tokenView(call, record), { 'X-Subject-Token': record.token });
}

/** `HEAD /v3/auth/tokens`. */
export function checkToken(call: Call): Reply {
  subjectOf(call);
  return empty(200);
}

/** `DELETE /v3/auth/tokens`. */
export function revokeToken(call: Call): Reply {
  call.cluster.identity.tokens.delete(subjectOf(call).token);
  return empty(204);
}

/** `GET /v3/auth/catalog`. */
export function showCatalog(call: Call): Reply {
  return reply<CatalogResponseWire>(200, {
    catalog: catalogOf(call),
    links: { self: `${call.base}/identity/v3/auth/catalog` },
  });
}

function authOf(call: Call): AuthRequestWire['auth'] {
  const body = call.body;
  if (!isRecord(body) || !isRecord(body['auth']) || !isRecord(body['auth']['identity'])) {
    throw new ApiError(400, "'auth' is a required property");
  }
  return (body as unknown as AuthRequestWire).auth;
}

function prove(call: Call, identity: AuthRequestWire['auth']['identity']): Proof {
  if ('password' in identity) return byPassword(call, identity.password.user);
  if ('application_credential' in identity)
    return byApplicationCredential(call, identity.application_credential);
  if ('token' in identity) return byToken(call, identity.token.id);
  throw new ApiError(401, UNAUTHORIZED);
}

function byPassword(call: Call, given: UserRefWire & { password: string }): Proof {
  const user = findUser(call, given);
  if (!user || !user.enabled || user.password !== given.password) throw new ApiError(401, UNAUTHORIZED);
  return { methods: ['password'], user };
}

function byToken(call: Call, id: string): Proof {
  const parent = call.cluster.identity.valid(id, call.cluster.clock.now());
  if (!parent) throw new ApiError(404, `This is not a recognized Fernet token ${id}`);
  return { methods: [...new Set([...parent.methods, 'token'])], user: parent.user, parent };
}

function byApplicationCredential(
  call: Call,
  given: { id?: string; name?: string; secret: string; user?: UserRefWire },
): Proof {
  const { applicationCredentials, users } = call.cluster.identity;
  const owner = given.user && findUser(call, given.user);
  const found = given.id
    ? applicationCredentials.get(given.id)
    : [...applicationCredentials.values()].find((row) => row.name === given.name && row.userId === owner?.id);
  const user = found && users.get(found.userId);
  const over = found?.expiresAt != null && found.expiresAt <= call.cluster.clock.now();
  if (!found || !user || over || found.secret !== given.secret) throw new ApiError(401, UNAUTHORIZED);
  return { methods: ['application_credential'], user, applicationCredential: found };
}

function findUser(call: Call, given: UserRefWire): UserRow | undefined {
  const { users } = call.cluster.identity;
  if (given.id) return users.get(given.id);
  if (given.domain && !isDefaultDomain(given.domain)) return undefined;
  return [...users.values()].find((user) => user.name === given.name);
}

function isDefaultDomain(domain: { id?: string; name?: string }): boolean {
  return domain.id === DEFAULT_DOMAIN.id || domain.name === DEFAULT_DOMAIN.name;
}

function projectFor(
  call: Call,
  proof: Proof,
  scope: ScopeWire | 'unscoped' | undefined,
): ProjectRow | undefined {
  const { projects } = call.cluster.identity;
  if (proof.applicationCredential) return projects.get(proof.applicationCredential.projectId);
  if (scope === 'unscoped') return undefined;
  if (!scope) return proof.parent ? proof.parent.project : projects.get(proof.user.defaultProjectId);
  if (!scope.project) throw new ApiError(401, UNAUTHORIZED);
  const wanted = scope.project;
  const found = wanted.id
    ? projects.get(wanted.id)
    : [...projects.values()].find((project) => project.name === wanted.name);
  if (!found || !found.enabled) throw new ApiError(401, UNAUTHORIZED);
  return found;
}

function subjectOf(call: Call): TokenRecord {
  tokenOf(call);
  const id = call.headers['x-subject-token'];
  const record =
    typeof id === 'string' ? call.cluster.identity.valid(id, call.cluster.clock.now()) : undefined;
  if (!record) throw new ApiError(404, `Could not find token.`);
  return record;
}

function tokenView(call: Call, record: TokenRecord): TokenResponseWire {
  const { user, project, applicationCredential: credential } = record;
  return {
    token: {
      methods: record.methods,
      user: { id: user.id, name: user.name, domain: DEFAULT_DOMAIN, password_expires_at: null },
      audit_ids: [record.auditId],
      expires_at: microTime(record.expiresAt),
      issued_at: microTime(record.issuedAt),
      ...(project
        ? {
            project: { id: project.id, name: project.name, domain: DEFAULT_DOMAIN },
            is_domain: false,
            roles: record.roles.map((name) => ({ id: stableKeystoneId('role', name), name })),
            ...(call.query.has('nocatalog') ? {} : { catalog: catalogOf(call) }),
          }
        : {}),
      ...(credential
        ? {
            application_credential: {
              id: credential.id,
              name: credential.name,
              restricted: !credential.unrestricted,
              ...(credential.expiresAt === null ? {} : { expires_at: microTime(credential.expiresAt) }),
            },
          }
        : {}),
    },
  };
}
