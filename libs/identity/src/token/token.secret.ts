import { createHash, randomBytes } from 'node:crypto';

export interface TokenSecret {
  /** What the bearer sends; shown once and never stored. */
  secret: string;
  /** The beginning of the secret, by which people tell tokens apart. */
  hint: string;
  hash: string;
}

const PREFIX = 'ultron_';
const HINT_BYTES = 4;
const SECRET_BYTES = 32;

/** A new random token of 256 bits behind a recognisable beginning (so that leak scanners find it). */
export function newTokenSecret(): TokenSecret {
  const hint = `${PREFIX}${randomBytes(HINT_BYTES).toString('hex')}`;
  const secret = `${hint}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { secret, hint, hash: hashToken(secret) };
}

/** The secrets are random, so a plain hash cannot be guessed back; a slow one would slow every request. */
export const hashToken = (secret: string): string => createHash('sha256').update(secret).digest('hex');
