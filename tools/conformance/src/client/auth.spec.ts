import { describe, expect, it } from '@jest/globals';
import { Cloud } from '@ultron/openstack/cloud';
import { RawCloud } from '../shape/raw-cloud.js';
import { connection, uniqueName, type CloudInUse } from './cloud-in-use.js';

export function authSpec({ access }: CloudInUse): void {
  describe('logging in', () => {
    const using = async <Result>(
      options: Partial<ConstructorParameters<typeof Cloud>[0]>,
      work: (cloud: Cloud) => Promise<Result>,
    ) => {
      const cloud = new Cloud({ ...connection(access), attempts: 1, ...options });
      try {
        return await work(cloud);
      } finally {
        await cloud.close();
      }
    };

    it('asks for one token however many calls begin at once', async () => {
      const logins: string[] = [];
      const observer = (call: { method: string; path: string }) => {
        if (call.method === 'POST' && call.path.includes('/auth/tokens')) logins.push(call.path);
      };
      await using({ observer }, (cloud) =>
        Promise.all(Array.from({ length: 8 }, () => cloud.network.networks.list({ name: 'private' }).all())),
      );
      expect(logins).toHaveLength(1);
    });

    it('tells a wrong password from everything else', async () => {
      const { auth } = connection(access);
      const wrong = { ...auth, password: { ...auth.password, password: 'wrong' } };
      const call = using({ auth: wrong }, (cloud) => cloud.compute.flavors.list().all());
      await expect(call).rejects.toMatchObject({
        kind: 'auth',
        status: 401,
        service: 'identity',
        retryable: false,
      });
    });

    it('finds an unreachable Keystone to be an outage', async () => {
      const auth = { ...connection(access).auth, url: 'http://127.0.0.1:9/v3' };
      const call = using({ auth }, (cloud) => cloud.compute.flavors.list().all());
      await expect(call).rejects.toMatchObject({ kind: 'outage', retryable: true });
    });

    it('finds a region without the service to be a mistake, not an outage', async () => {
      const call = using({ region: 'nowhere' }, (cloud) => cloud.compute.flavors.list().all());
      await expect(call).rejects.toMatchObject({ kind: 'invalid', code: 'no_endpoint', retryable: false });
    });

    it('logs in with an application credential', async () => {
      const raw = await RawCloud.login(access);
      const path = `/users/${raw.userId}/application_credentials`;
      const { application_credential: credential } = await raw.must<{
        application_credential: { id: string; secret: string };
      }>('identity', 'POST', path, { body: { application_credential: { name: uniqueName('credential') } } });
      const auth = {
        url: access.authUrl,
        applicationCredential: { id: credential.id, secret: credential.secret },
      };
      const project = await using({ auth }, (cloud) => cloud.projectId());
      await raw.must('identity', 'DELETE', `${path}/${credential.id}`);
      expect(project).toBe(raw.projectId);
    });
  });
}
