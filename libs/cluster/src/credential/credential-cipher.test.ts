import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { ClusterCredential } from './credential.js';
import { CredentialCipher } from './credential-cipher.js';
import { parseCredentialKeys } from './credential.rules.js';

const credential: ClusterCredential = { kind: 'application_credential', id: 'app', secret: 'very-secret' };
const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];

describe('CredentialCipher', () => {
  it('opens what it sealed, and shows nothing of it', () => {
    const cipher = new CredentialCipher([newKey]);
    const sealed = cipher.seal('c1', credential);
    expect(JSON.stringify(sealed)).not.toContain('very-secret');
    expect(cipher.open('c1', sealed)).toEqual(credential);
    expect(cipher.seal('c1', credential).data).not.toBe(sealed.data);
  });

  it('opens what an earlier key sealed, and seals with the new one', () => {
    const sealed = new CredentialCipher([oldKey]).seal('c1', credential);
    const both = new CredentialCipher([newKey, oldKey]);
    expect(both.open('c1', sealed)).toEqual(credential);
    expect(both.seal('c1', credential).keyId).not.toBe(sealed.keyId);
    expect(() => new CredentialCipher([newKey]).open('c1', sealed)).toThrow('not among the configured ones');
  });

  it('does not open it in the row of another cluster, or when it was changed', () => {
    const cipher = new CredentialCipher([newKey]);
    const sealed = cipher.seal('c1', credential);
    const flipped = Buffer.from(sealed.data, 'base64');
    flipped.writeUInt8(flipped.readUInt8(0) ^ 1, 0);
    expect(() => cipher.open('c2', sealed)).toThrow('belongs to another cluster');
    expect(() => cipher.open('c1', { ...sealed, data: flipped.toString('base64') })).toThrow('was changed');
  });
});

describe('parseCredentialKeys', () => {
  it('reads several keys, the first one first', () => {
    const text = `${newKey.toString('base64')}, ${oldKey.toString('base64')}\n`;
    expect(parseCredentialKeys(text)).toEqual([newKey, oldKey]);
  });

  it.each(['', 'short', `${oldKey.toString('base64')},short`])('refuses %j', (value) => {
    expect(() => parseCredentialKeys(value)).toThrow('32 random bytes');
  });
});
