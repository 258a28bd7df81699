import type { ProblemEntry } from './problem.entries.js';

/** What a probe may find wrong with the registration of a cluster; the task and the cluster show it. */
export const PROBE_PROBLEMS: Readonly<Record<string, ProblemEntry>> = {
  cluster_connection_refused: {
    title: 'Nothing listens at the address',
    meaning:
      'Correct `auth_url`, or the `interface` when it is another service; or start what should listen there.',
  },
  cluster_host_unknown: {
    title: 'The host name is unknown',
    meaning: 'The conductors cannot resolve it: correct `auth_url` or their name service.',
  },
  cluster_timeout: {
    title: 'No answer in time',
    meaning: 'A firewall may drop the packets, or the address is wrong: correct `auth_url` or open the way.',
  },
  cluster_tls: {
    title: 'No secure connection',
    meaning: 'The certificate is not trusted, has expired or is for another name.',
  },
  cluster_unreachable: {
    title: 'The cluster cannot be reached',
    meaning: '`detail` says how the connection broke.',
  },
  cluster_unhealthy: {
    title: 'A service of the cluster is ill',
    meaning: 'It answers with errors of its own. The probe is repeated by itself until it answers well.',
  },
  cluster_not_keystone: {
    title: 'This is no Keystone',
    meaning:
      'Something answers at `auth_url`, but it is no Keystone v3: give the address of the identity service.',
  },
  cluster_credential_refused: {
    title: 'The login is refused',
    meaning: 'User, password, project or application credential is wrong: correct `credential`.',
  },
  cluster_not_allowed: {
    title: 'The account may not do this',
    meaning: 'Ultron reads hypervisors and makes servers: give the account a role that may, such as admin.',
  },
  cluster_region_unknown: {
    title: 'No such region',
    meaning: '`regions` names those of the catalog: correct `region`.',
  },
  cluster_region_needed: {
    title: 'Several regions',
    meaning: '`regions` names them: choose one by `region`.',
  },
  cluster_interface_missing: {
    title: 'No such endpoint',
    meaning: 'The catalog has the service by other interfaces only: correct `interface`.',
  },
  cluster_service_missing: {
    title: 'A service is missing',
    meaning: 'Nova, Neutron and Glance are needed in the region that is registered.',
  },
  cluster_too_old: {
    title: 'The release is too old',
    meaning: 'Queens is the oldest that is supported: upgrade the cluster.',
  },
  cluster_unexpected_answer: {
    title: 'The cluster answers strangely',
    meaning: '`detail` holds its words; its own log has more under the request id.',
  },
  cluster_probe_superseded: {
    title: 'The registration was changed',
    meaning: 'Another probe looks at the cluster as it is registered now.',
  },
};
