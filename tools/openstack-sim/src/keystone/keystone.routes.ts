import type {
  IdentityVersionResponseWire,
  IdentityVersionsWire,
  IdentityVersionWire,
} from '@ultron/openstack/identity/versions.wire';
import { type Call, type Reply, reply } from '../http/call.js';
import { Router } from '../http/router.js';
import {
  createApplicationCredential,
  deleteApplicationCredential,
  listApplicationCredentials,
  showApplicationCredential,
} from './application-credentials.handlers.js';
import { grantRole, listRoles, revokeRole } from './roles.handlers.js';
import { DEFAULT_DOMAIN } from './identity.store.js';
import {
  createProject,
  deleteProject,
  listOwnProjects,
  listProjects,
  showProject,
} from './projects.handlers.js';
import { listUsers, showUser } from './users.handlers.js';
import { checkToken, createToken, revokeToken, showCatalog, showToken } from './tokens.handlers.js';

export const keystoneRoutes = new Router()
  .add('GET', '/', listVersions, true)
  .add('GET', '/v3', showVersion, true)
  .add('POST', '/v3/auth/tokens', createToken, true)
  .add('GET', '/v3/auth/tokens', showToken)
  .add('HEAD', '/v3/auth/tokens', checkToken)
  .add('DELETE', '/v3/auth/tokens', revokeToken)
  .add('GET', '/v3/auth/catalog', showCatalog)
  .add('GET', '/v3/auth/projects', listOwnProjects)
  .add('GET', '/v3/projects', listProjects)
  .add('POST', '/v3/projects', createProject)
  .add('GET', '/v3/projects/:id', showProject)
  .add('DELETE', '/v3/projects/:id', deleteProject)
  .add('GET', '/v3/roles', listRoles)
  .add('PUT', '/v3/projects/:id/users/:user/roles/:role', grantRole)
  .add('DELETE', '/v3/projects/:id/users/:user/roles/:role', revokeRole)
  .add('GET', '/v3/users', listUsers)
  .add('GET', '/v3/users/:user', showUser)
  .add('GET', '/v3/domains/:id', showDomain)
  .add('GET', '/v3/users/:user/application_credentials', listApplicationCredentials)
  .add('POST', '/v3/users/:user/application_credentials', createApplicationCredential)
  .add('GET', '/v3/users/:user/application_credentials/:id', showApplicationCredential)
  .add('DELETE', '/v3/users/:user/application_credentials/:id', deleteApplicationCredential);

function version(call: Call): IdentityVersionWire {
  return {
    id: `v3.${call.cluster.profile.keystoneMinor}`,
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${call.base}/identity/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
}

function listVersions(call: Call): Reply {
  return reply<IdentityVersionsWire>(
    300,
    { versions: { values: [version(call)] } },
    { Location: `${call.base}/identity/v3/` },
  );
}

function showVersion(call: Call): Reply {
  return reply<IdentityVersionResponseWire>(200, { version: version(call) });
}

function showDomain(call: Call): Reply {
  return reply(200, {
    domain: {
      ...DEFAULT_DOMAIN,
      description: 'The default domain',
      enabled: true,
      options: {},
      tags: [],
      links: { self: `${call.base}/identity/v3/domains/${DEFAULT_DOMAIN.id}` },
    },
  });
}
