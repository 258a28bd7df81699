import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cloudOf, errorOf } from './testing/clouds.js';
import { FakeOpenStack } from './testing/fake-openstack.js';

const LIST = 'GET /network/v2.0/networks';

let fake: FakeOpenStack;
beforeEach(async () => {
  fake = await FakeOpenStack.start();
  fake.on(LIST, () => ({ body: { networks: [] } }));
});
afterEach(() => fake.close());

const list = (cloud: ReturnType<typeof cloudOf>) => cloud.network.networks.list().all();

describe('logging in', () => {
  it('with a password names user, domains and project', async () => {
    await list(cloudOf(fake));
    expect(fake.received('POST /identity/v3/auth/tokens')[0]?.body).toEqual({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'demo', password: 'secret', domain: { name: 'Default' } } },
        },
        scope: { project: { name: 'demo', domain: { name: 'Default' } } },
      },
    });
  });

  it('with an application credential names no scope, which it carries itself', async () => {
    const auth = { url: `${fake.url}/identity/v3/`, applicationCredential: { id: 'ac', secret: 'secret' } };
    await list(cloudOf(fake, { auth }));
    expect(fake.received('POST /identity/v3/auth/tokens')[0]?.body).toEqual({
      auth: {
        identity: {
          methods: ['application_credential'],
          application_credential: { id: 'ac', secret: 'secret' },
        },
      },
    });
  });

  it('happens once for a thousand calls that begin together', async () => {
    fake.loginMs = 30;
    const cloud = cloudOf(fake);
    await Promise.all(Array.from({ length: 1000 }, () => list(cloud)));
    expect(fake.logins).toBe(1);
  });

  it('with a wrong password is an auth error, and is not repeated by every call that comes after', async () => {
    fake.password = 'another';
    const cloud = cloudOf(fake);
    expect(await errorOf(list(cloud))).toMatchObject({ kind: 'auth', status: 401, retryable: false });
    await Promise.all(Array.from({ length: 20 }, () => errorOf(list(cloud))));
    expect(fake.logins).toBe(1);
  });

  it('at something that is not Keystone says so', async () => {
    const at = (path: string) => errorOf(list(cloudOf(fake, { auth: authAt(`${fake.url}${path}`) })));
    fake.on('POST /somewhere/v3/auth/tokens', () => ({ status: 404 }));
    fake.on('POST /identity/v3/auth/tokens', () => ({ status: 200, body: '<html>Welcome</html>' }));
    expect(await at('/identity')).toMatchObject({ kind: 'invalid', code: 'not_keystone' });
    expect(await at('/somewhere')).toMatchObject({ kind: 'invalid', code: 'not_keystone', status: 404 });
  });

  it('at a host that refuses connections is an outage that says where', async () => {
    const gone = await FakeOpenStack.start();
    await gone.close();
    const error = await errorOf(list(cloudOf(fake, { auth: authAt(gone.url), attempts: 1 })));
    expect(error).toMatchObject({ kind: 'outage', code: 'connect', service: 'identity', status: undefined });
    expect(error.message).toContain(new URL(gone.url).origin);
  });

  it('is tried again when Keystone is out for a moment, although it is a POST', async () => {
    fake.on('POST /identity/v3/auth/tokens', () => ({ status: 503 }));
    const error = await errorOf(cloudOf(fake, { attempts: 2 }).projectId());
    expect(error).toMatchObject({ kind: 'outage', status: 503 });
    expect(fake.received('POST /identity/v3/auth/tokens')).toHaveLength(2);
  });

  function authAt(url: string) {
    return { url, password: { username: 'demo', password: 'secret', projectName: 'demo' } };
  }
});

describe('a token that is refused', () => {
  it('leads to one login for a thousand concurrent calls that hold it, and all of them succeed', async () => {
    const cloud = cloudOf(fake);
    await list(cloud);
    fake.expireTokens();
    fake.loginMs = 30;
    await Promise.all(Array.from({ length: 1000 }, () => list(cloud)));
    expect(fake.logins).toBe(2);
  });

  it('is replaced for a POST, too, since what was refused was not done', async () => {
    const cloud = cloudOf(fake);
    await list(cloud);
    fake.expireTokens();
    fake.on('POST /network/v2.0/ports', () => ({ status: 201, body: { port: { id: 'p' } } }));
    expect(await cloud.network.ports.create({ network_id: 'n' })).toMatchObject({ id: 'p' });
  });

  it('twice in a row ends the call with an auth error after exactly one new login', async () => {
    const cloud = cloudOf(fake);
    await list(cloud);
    fake.on(LIST, () => ({ status: 401, body: { error: { title: 'Unauthorized', message: 'no' } } }));
    const error = await errorOf(list(cloud));
    expect(error).toMatchObject({ kind: 'auth', status: 401, retryable: false });
    expect(fake.logins).toBe(2);
    expect(fake.received(LIST)).toHaveLength(3);
  });
});

describe('a token that is about to end', () => {
  it('is renewed in the background while calls still use the old one', async () => {
    let now = Date.now();
    const clock = { now: () => now, sleep: async () => undefined };
    const cloud = cloudOf(fake, { clock, random: () => 0 });
    await list(cloud);
    now += 56 * 60_000;
    fake.loginMs = 50;
    await list(cloud);
    expect(fake.received(LIST).map(({ headers }) => headers['x-auth-token'])).toEqual(['token-1', 'token-1']);
    await new Promise((go) => setTimeout(go, 120));
    await list(cloud);
    expect(fake.received(LIST).at(-1)?.headers['x-auth-token']).toBe('token-2');
    expect(fake.logins).toBe(2);
  });

  it('is judged by the lifetime it was given, so that a cluster with a wrong clock does no harm', async () => {
    fake.on('POST /identity/v3/auth/tokens', () => {
      fake.validTokens.add('from-the-past');
      return {
        status: 201,
        headers: { 'X-Subject-Token': 'from-the-past' },
        body: {
          token: {
            issued_at: '2001-01-01T00:00:00.000000Z',
            expires_at: '2001-01-01T01:00:00.000000Z',
            user: {},
            catalog: [
              {
                type: 'network',
                endpoints: [{ interface: 'public', region_id: 'R', url: `${fake.url}/network` }],
              },
            ],
          },
        },
      };
    });
    const cloud = cloudOf(fake);
    await list(cloud);
    await list(cloud);
    expect(fake.received('POST /identity/v3/auth/tokens')).toHaveLength(1);
  });

  it('goes on being used when its renewal fails, and the renewal is not hammered', async () => {
    let now = Date.now();
    const clock = { now: () => now, sleep: async () => undefined };
    const cloud = cloudOf(fake, { clock, attempts: 1 });
    await list(cloud);
    now += 57 * 60_000;
    fake.on('POST /identity/v3/auth/tokens', () => ({ status: 503 }));
    for (let call = 0; call < 10; call += 1) await list(cloud);
    await new Promise((go) => setTimeout(go, 30));
    expect(fake.received('POST /identity/v3/auth/tokens')).toHaveLength(2);
  });
});

describe('waiting for a login', () => {
  it('ends for each call at its own deadline, and for the others it goes on', async () => {
    fake.loginMs = 200;
    const cloud = cloudOf(fake);
    const [impatient, patient] = await Promise.all([
      errorOf(cloud.network.networks.get('n', { deadlineMs: 30 })),
      list(cloud),
    ]);
    expect(impatient).toMatchObject({ kind: 'outage', code: 'deadline', outcomeUnknown: false });
    expect(patient).toEqual([]);
    expect(fake.logins).toBe(1);
  });
});
