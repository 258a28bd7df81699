import { passwordLogin } from './raw-cloud.js';
import type { Walker } from './walk.js';

export async function identityWalk(walker: Walker): Promise<void> {
  const { access, userId, token } = walker.cloud;
  await walker.ask('identity versions', 'identity', 'GET', '^/', { token: '' });
  await walker.ask('identity version', 'identity', 'GET', '', { token: '' });
  await walker.ask('login', 'identity', 'POST', '/auth/tokens', { body: passwordLogin(access), token: '' });
  await walker.ask('login without catalogue', 'identity', 'POST', '/auth/tokens?nocatalog', {
    body: passwordLogin(access),
    token: '',
  });
  await walker.ask('login with a wrong password', 'identity', 'POST', '/auth/tokens', {
    body: passwordLogin({ ...access, password: 'wrong' }),
    token: '',
  });
  await walker.ask('login to an unknown project', 'identity', 'POST', '/auth/tokens', {
    body: passwordLogin({ ...access, projectName: 'no-such-project' }),
    token: '',
  });
  await walker.ask('login without a body', 'identity', 'POST', '/auth/tokens', { body: {}, token: '' });
  await walker.ask('token', 'identity', 'GET', '/auth/tokens', { headers: { 'X-Subject-Token': token } });
  await walker.ask('token unknown', 'identity', 'GET', '/auth/tokens', {
    headers: { 'X-Subject-Token': 'nonsense' },
  });
  await walker.ask('catalogue', 'identity', 'GET', '/auth/catalog');
  await walker.ask('projects', 'identity', 'GET', '/projects');
  await walker.ask('projects without a token', 'identity', 'GET', '/projects', { token: '' });
  await walker.ask('project unknown', 'identity', 'GET', '/projects/0123456789abcdef');
  await applicationCredential(walker, userId);
}

async function applicationCredential(walker: Walker, userId: string): Promise<void> {
  const path = `/users/${userId}/application_credentials`;
  const body = { application_credential: { name: `walk-${Date.now()}`, description: 'conformance' } };
  const made = await walker.ask('application credential created', 'identity', 'POST', path, { body });
  const { application_credential: credential } = made.body as {
    application_credential: { id: string; secret: string };
  };
  const login = (secret: string) => ({
    auth: {
      identity: {
        methods: ['application_credential'],
        application_credential: { id: credential.id, secret },
      },
    },
  });
  await walker.ask('login with an application credential', 'identity', 'POST', '/auth/tokens', {
    body: login(credential.secret),
    token: '',
  });
  await walker.ask('login with a wrong application credential', 'identity', 'POST', '/auth/tokens', {
    body: login('wrong'),
    token: '',
  });
  await walker.ask('application credential deleted', 'identity', 'DELETE', `${path}/${credential.id}`);
}
