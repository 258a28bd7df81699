import type { ClusterCredential } from '@ultron/cluster/credential/credential';
import { Fault, type FieldFault } from '@ultron/kernel/fault';
import type { CredentialBody } from './cluster.dto.js';

const PASSWORD_FIELDS = ['username', 'password', 'project_name'] as const;
const APPLICATION_FIELDS = ['application_credential_id', 'application_credential_secret'] as const;

/**
 * The credential that the body describes: one of the two kinds, whole.
 * @throws Fault `invalid_credential` that names every missing or superfluous field, and no value.
 */
export function credentialOf(body: CredentialBody): ClusterCredential {
  const { application_credential_id: id, application_credential_secret: secret } = body;
  const { username, password, project_name: projectName } = body;
  if (id !== undefined || secret !== undefined) {
    const superfluous = [...PASSWORD_FIELDS, 'user_domain_name', 'project_domain_name'] as const;
    const faults = [
      ...superfluous
        .filter((name) => body[name] !== undefined)
        .map((name) => at(name, 'does not go with an application credential')),
      ...missing(body, APPLICATION_FIELDS),
    ];
    if (faults.length || id === undefined || secret === undefined) throw invalid(faults);
    return { kind: 'application_credential', id, secret };
  }
  if (username === undefined || password === undefined || projectName === undefined) {
    throw invalid(missing(body, PASSWORD_FIELDS));
  }
  const { user_domain_name: userDomainName = 'Default', project_domain_name: projectDomainName = 'Default' } =
    body;
  return { kind: 'password', username, password, projectName, userDomainName, projectDomainName };
}

const at = (name: string, detail: string): FieldFault => ({ pointer: `/credential/${name}`, detail });

const missing = (body: CredentialBody, names: readonly (keyof CredentialBody)[]): FieldFault[] =>
  names.filter((name) => body[name] === undefined).map((name) => at(name, 'is required'));

const invalid = (fields: FieldFault[]): Fault =>
  new Fault({
    code: 'invalid_credential',
    category: 'invalid',
    detail:
      'A credential is either username, password and project_name, or application_credential_id and application_credential_secret.',
    fields,
  });
