import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { HeldState } from './address.state.js';

/** An address that is not free. */
@Entity('address')
export class Address {
  @PrimaryColumn({ name: 'scope_id', type: 'char', length: 36 })
  scopeId!: string;

  /** In network byte order. */
  @PrimaryColumn({ type: 'varbinary', length: 16 })
  address!: Buffer;

  @Column({ name: 'segment_id', type: 'char', length: 36 })
  segmentId!: string;

  @Column({ type: 'varchar', length: 8 })
  state!: HeldState;

  /** Who asked for it; null for what the network itself needs. */
  @Column({ name: 'reservation_id', type: 'char', length: 36, nullable: true })
  reservationId!: string | null;

  /** The port that has it. */
  @Column({ name: 'port_id', type: 'varchar', length: 64, nullable: true })
  portId!: string | null;

  /** Why it was taken out of the plan (`AddressPurpose`); null for what the plan itself hands out or needs. */
  @Column({ type: 'varchar', length: 16, nullable: true })
  purpose!: string | null;

  /** When a reservation lapses, or a cooling address becomes free. */
  @Column({ name: 'expires_at', type: 'datetime', precision: 6, nullable: true })
  expiresAt!: Date | null;
}
