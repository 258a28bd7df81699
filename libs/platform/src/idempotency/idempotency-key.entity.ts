import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The first use of an `Idempotency-Key`, and the reply it got. */
@Entity('idempotency_key')
export class IdempotencyKeyEntity {
  @PrimaryColumn({ type: 'char', length: 36 }) scope!: string;
  @PrimaryColumn({ type: 'varchar', length: 255 }) idempotency_key!: string;
  /** Who inserted the row: of several who tried at once, one finds its own claim here. */
  @Column({ type: 'char', length: 36 }) claim_id!: string;
  @Column({ type: 'char', length: 64 }) request_hash!: string;
  @Column({ type: 'smallint', nullable: true }) status_code!: number | null;
  @Column({ type: 'json', nullable: true }) headers!: Record<string, string> | null;
  @Column({ type: 'json', nullable: true }) body!: unknown;
  @Column({ type: 'datetime', precision: 6 }) created_at!: Date;
}
