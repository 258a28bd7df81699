import type { Role } from '../caller/caller.js';
import type { TokenEntity } from './token.entity.js';

/** A token as it is read: without the hash, which nothing but the lookup needs. */
export type TokenRow = Omit<TokenEntity, 'token_hash'>;

export interface NewToken {
  id: string;
  projectId: string | null;
  role: Role;
  name: string;
  hint: string;
  hash: string;
  expiresAt: Date | null;
}
