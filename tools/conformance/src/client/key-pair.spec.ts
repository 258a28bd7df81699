import { describe, expect, it } from '@jest/globals';
import { uniqueName, type CloudInUse } from './cloud-in-use.js';

const PUBLIC_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFnG9T2uS8AtbQ1Ys3lPxIKp0jRCA0mzMfWm5TnFCEnK conformance';

export function keyPairSpec(use: CloudInUse): void {
  const { keypairs } = use.cloud.compute;
  describe('key pairs', () => {
    it('are imported, found and deleted', async () => {
      const name = uniqueName('key');
      const key = await keypairs.create({ name, publicKey: PUBLIC_KEY });
      use.later(() => keypairs.delete(name));
      expect(key).toMatchObject({
        name,
        public_key: PUBLIC_KEY,
        fingerprint: expect.stringMatching(/^([0-9a-f]{2}:){15}/),
      });
      expect((await keypairs.list().all()).map((each) => each.name)).toContain(name);
      expect(await keypairs.find(name)).toMatchObject({ name, type: 'ssh' });
      expect(await keypairs.delete(name)).toBe(true);
      expect(await keypairs.delete(name)).toBe(false);
      expect(await keypairs.find(name)).toBeNull();
    });

    it('are refused twice and when they are none', async () => {
      const name = uniqueName('key');
      await keypairs.create({ name, publicKey: PUBLIC_KEY });
      use.later(() => keypairs.delete(name));
      const twice = keypairs.create({ name, publicKey: PUBLIC_KEY });
      await expect(twice).rejects.toMatchObject({ kind: 'conflict', status: 409, retryable: false });
      const nonsense = keypairs.create({ name: uniqueName('key'), publicKey: 'nonsense' });
      await expect(nonsense).rejects.toMatchObject({ kind: 'invalid', status: 400 });
    });
  });
}
