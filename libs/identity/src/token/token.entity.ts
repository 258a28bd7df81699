import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from '../caller/caller.js';

/** A bearer token. The secret is not here: only its hash is, for the lookup. */
@Entity('api_token')
export class TokenEntity {
  @PrimaryColumn({ type: 'char', length: 36 }) id!: string;
  /** Null for an admin. */
  @Column({ type: 'char', length: 36, nullable: true }) project_id!: string | null;
  @Column({ type: 'varchar', length: 16 }) role!: Role;
  @Column({ type: 'varchar', length: 64 }) name!: string;
  /** How the secret begins. */
  @Column({ type: 'varchar', length: 24 }) hint!: string;
  /** SHA-256 of the secret, in hexadecimal digits. */
  @Column({ type: 'char', length: 64, select: false }) token_hash!: string;
  @Column({ type: 'datetime', precision: 6 }) created_at!: Date;
  @Column({ type: 'datetime', precision: 6, nullable: true }) last_used_at!: Date | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) expires_at!: Date | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) revoked_at!: Date | null;
}
