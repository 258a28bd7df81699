import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Fault } from '@ultron/kernel/fault';
import type { ClusterCredential, SealedCredential } from './credential.js';

const ALGORITHM = 'aes-256-gcm';
/** NIST SP 800-38D recommends 96 bits, new at random for each message under one key. */
const IV_BYTES = 12;

/** Seals credentials with the first key and opens those sealed with any of them. */
export class CredentialCipher {
  private readonly keys: ReadonlyMap<string, Buffer>;
  readonly currentKeyId: string;

  /** @param keys 32 bytes each, the current one first; the others only open what was sealed before. */
  constructor(keys: readonly Buffer[]) {
    const [current] = keys;
    if (!current) throw new Error('a credential key is needed');
    if (keys.some((key) => key.length !== 32)) throw new Error('a credential key has exactly 32 bytes');
    this.keys = new Map(keys.map((key) => [keyIdOf(key), key]));
    this.currentKeyId = keyIdOf(current);
  }

  /** The cluster's id is bound in: a sealed credential copied into another cluster's row does not open. */
  seal(clusterId: string, credential: ClusterCredential): SealedCredential {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.keyOf(this.currentKeyId), iv).setAAD(
      Buffer.from(clusterId),
    );
    const data = Buffer.concat([cipher.update(JSON.stringify(credential)), cipher.final()]);
    return {
      kind: credential.kind,
      keyId: this.currentKeyId,
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      data: data.toString('base64'),
    };
  }

  /** @throws Fault `credential_unreadable` when no key opens it. */
  open(clusterId: string, sealed: SealedCredential): ClusterCredential {
    const decipher = createDecipheriv(ALGORITHM, this.keyOf(sealed.keyId), Buffer.from(sealed.iv, 'base64'))
      .setAAD(Buffer.from(clusterId))
      .setAuthTag(Buffer.from(sealed.tag, 'base64'));
    try {
      const clear = Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]);
      return JSON.parse(clear.toString()) as ClusterCredential;
    } catch (cause) {
      throw unreadable('the stored credential was changed or belongs to another cluster', cause);
    }
  }

  private keyOf(keyId: string): Buffer {
    const key = this.keys.get(keyId);
    if (!key) throw unreadable(`the key ${keyId} it was sealed with is not among the configured ones`);
    return key;
  }
}

/** A short name for a key that tells nothing about it. */
const keyIdOf = (key: Buffer) => createHash('sha256').update(key).digest('hex').slice(0, 8);

const unreadable = (why: string, cause?: unknown) =>
  new Fault({
    code: 'credential_unreadable',
    category: 'unavailable',
    detail: `The credential of the cluster cannot be read: ${why}. Set ULTRON_CREDENTIAL_KEY as it was, or give the credential anew.`,
    retryable: false,
    whoCanFix: 'operator',
    cause,
  });
