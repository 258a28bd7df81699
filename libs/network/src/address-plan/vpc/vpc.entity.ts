import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Realisation } from '../segment/infra.rules.js';
import type { Sharing } from '../supplement/supplement.rules.js';

/** A project's network over many clusters. It is only recorded; what is built are its subnets. */
@Entity('vpc')
export class Vpc {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ name: 'pool_id', type: 'char', length: 36 })
  poolId!: string;

  @Column({ name: 'project_id', type: 'char', length: 36 })
  projectId!: string;

  @Column({ type: 'varchar', length: 255 })
  name!: string;

  /** Its place in the pool. */
  @Column({ type: 'int', unsigned: true })
  slot!: number;

  @Column({ type: 'varbinary', length: 16 })
  base!: Buffer;

  @Column({ type: 'tinyint', unsigned: true })
  prefix!: number;

  @Column({ type: 'varchar', length: 16 })
  realisation!: Realisation;

  @Column({ type: 'varchar', length: 16 })
  sharing!: Sharing;

  @Column({ name: 'dhcp_ports', type: 'tinyint', unsigned: true })
  dhcpPorts!: number;

  /** IDCs that it is meant for; the slot of the first subnet of each is kept. */
  @Column({ name: 'idc_ids', type: 'json' })
  idcIds!: string[];

  /** Raised by every change of its subnets and segments. */
  @Column({ type: 'int', unsigned: true })
  generation!: number;

  /** Since when it is being deleted. */
  @Column({ name: 'deleting_at', type: 'datetime', precision: 6, nullable: true })
  deletingAt!: Date | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
