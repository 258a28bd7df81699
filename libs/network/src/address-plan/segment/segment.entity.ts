import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SegmentState } from './segment.state.js';

/** A part of a subnet that one cluster has, or that is spare. */
@Entity('segment')
export class Segment {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ name: 'scope_id', type: 'char', length: 36 })
  scopeId!: string;

  @Column({ name: 'vpc_id', type: 'char', length: 36 })
  vpcId!: string;

  @Column({ name: 'subnet_id', type: 'char', length: 36 })
  subnetId!: string;

  @Column({ type: 'varbinary', length: 16 })
  base!: Buffer;

  @Column({ type: 'tinyint', unsigned: true })
  prefix!: number;

  @Column({ type: 'varchar', length: 16 })
  state!: SegmentState;

  @Column({ name: 'cluster_id', type: 'char', length: 36, nullable: true })
  clusterId!: string | null;

  /** Rows of `address` in it; changed in the transaction that changes them. */
  @Column({ type: 'int', unsigned: true })
  held!: number;

  /** Those of them that the network itself needs. */
  @Column({ type: 'int', unsigned: true })
  infra!: number;

  @Column({ name: 'dealt_at', type: 'datetime', precision: 6, nullable: true })
  dealtAt!: Date | null;

  /** When an address of it was last handed out. */
  @Column({ name: 'used_at', type: 'datetime', precision: 6, nullable: true })
  usedAt!: Date | null;

  /** Addresses handed out per second as of `used_at`, lately ones counting most; it fades from then on. */
  @Column({ type: 'double' })
  rate!: number;

  @Column({ name: 'quarantined_until', type: 'datetime', precision: 6, nullable: true })
  quarantinedUntil!: Date | null;
}
