import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readPublicKey } from './public-key.rules.js';

// From `ssh-keygen -t ed25519` and `ssh-keygen -l -E md5`.
const ED25519 =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICvkel3Gk+XuihcbWHpwjLBhDhvlwnaMQeIBu2oPsfrA someone@example';

describe('readPublicKey', () => {
  it('reads a key and gives the fingerprint that ssh-keygen gives', () => {
    expect(readPublicKey(ED25519)).toEqual({
      type: 'ssh',
      fingerprint: '26:ac:80:c3:fb:a5:23:b2:36:ca:29:ac:0f:42:63:1f',
    });
  });

  it('does not mind the comment or space around it', () => {
    const bare = ED25519.split(' ').slice(0, 2).join(' ');
    expect(readPublicKey(`  ${bare}\n`)).toEqual(readPublicKey(ED25519));
  });

  it('refuses what is not a public key', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const another = ED25519.replace('ssh-ed25519', 'ssh-rsa');
    for (const text of [
      '',
      'ssh-ed25519',
      'ssh-ed25519 !!!!',
      'ssh-ed25519 AAAA',
      pem,
      another,
      `${ED25519}\n${ED25519}`,
    ]) {
      expect([text, readPublicKey(text)]).toEqual([text, null]);
    }
  });
});
