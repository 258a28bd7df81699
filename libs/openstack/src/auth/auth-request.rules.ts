import type { CloudAuth } from '../cloud.options.js';
import type { AuthRequestWire, ScopeWire } from '../identity/tokens.wire.js';

/** The body of `POST /v3/auth/tokens`. An application credential carries its project and must not name a scope. */
export function authRequestOf(auth: CloudAuth): AuthRequestWire {
  if (auth.applicationCredential) {
    const { id, secret } = auth.applicationCredential;
    return {
      auth: { identity: { methods: ['application_credential'], application_credential: { id, secret } } },
    };
  }
  if (!auth.password)
    throw new TypeError('Either a password or an application credential is needed to log in');
  const { username, password, userDomainName = 'Default' } = auth.password;
  const user = { name: username, password, domain: { name: userDomainName } };
  return { auth: { identity: { methods: ['password'], password: { user } }, scope: scopeOf(auth.password) } };
}

function scopeOf(password: NonNullable<CloudAuth['password']>): ScopeWire {
  if (password.projectId !== undefined) return { project: { id: password.projectId } };
  if (password.projectName === undefined) throw new TypeError('A password login needs a project');
  return {
    project: { name: password.projectName, domain: { name: password.projectDomainName ?? 'Default' } },
  };
}
