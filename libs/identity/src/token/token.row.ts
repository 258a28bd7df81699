import type { Role } from '../caller/caller.js';

/** A row of `api_token`, without the hash, which nothing but the lookup needs. */
export interface TokenRow {
  id: string;
  project_id: string | null;
  role: Role;
  name: string;
  hint: string;
  created_at: Date;
  last_used_at: Date | null;
  expires_at: Date | null;
  revoked_at: Date | null;
}

export interface NewToken {
  id: string;
  projectId: string | null;
  role: Role;
  name: string;
  hint: string;
  hash: string;
  expiresAt: Date | null;
}
