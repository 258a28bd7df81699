import type { FaultRecord } from '@ultron/kernel/fault';
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

  /** Why it could not be built or taken down, until it is. */
  @Column({ type: 'json', nullable: true })
  fault!: FaultRecord | null;

  /** How often it failed in a row. */
  @Column({ type: 'int', unsigned: true })
  tries!: number;

  /** When it is tried again; null while somebody works on it, or when nobody will. */
  @Column({ name: 'retry_at', type: 'datetime', precision: 6, nullable: true })
  retryAt!: Date | null;

  /** The task that builds it or takes it down, or that did so last. */
  @Column({ name: 'task_id', type: 'char', length: 36, nullable: true })
  taskId!: string | null;

  /** The Neutron subnet in which it is; null while it is in none. */
  @Column({ name: 'openstack_subnet_id', type: 'varchar', length: 64, nullable: true })
  openstackSubnetId!: string | null;
}
