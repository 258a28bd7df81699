import { createHash } from 'node:crypto';

export interface PublicKey {
  /** `ssh` for every key that can be imported here; Nova knows `x509` too. */
  type: 'ssh';
  /** MD5 over the key's bytes in pairs of hex digits, as Nova shows it. */
  fingerprint: string;
}

const ALGORITHMS = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];

/** Reads a public key in OpenSSH's one-line form (RFC 4253, section 6.6); null when it is not one. */
export function readPublicKey(text: string): PublicKey | null {
  const [algorithm, base64, ...rest] = text.trim().split(/[ \t]+/);
  if (!algorithm || !base64 || rest.some((word) => word.includes('\n'))) return null;
  if (!ALGORITHMS.includes(algorithm) || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length < 32 || nameIn(bytes) !== algorithm) return null;
  const digest = createHash('md5').update(bytes).digest('hex');
  return { type: 'ssh', fingerprint: (digest.match(/../g) ?? []).join(':') };
}

/** The key's bytes begin with the length and the name of its algorithm. */
function nameIn(bytes: Buffer): string {
  return bytes.toString('latin1', 4, 4 + Math.min(bytes.readUInt32BE(0), 64));
}
