import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SupplementOutcome } from './supplement.outcome.js';

/** A supplement that changed the plan: what was asked and what was decided. */
@Entity('supplement')
export class Supplement {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ name: 'vpc_id', type: 'char', length: 36 })
  vpcId!: string;

  @Column({ name: 'idc_id', type: 'char', length: 36 })
  idcId!: string;

  @Column({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ type: 'int', unsigned: true })
  need!: number;

  @Column({ type: 'json' })
  outcome!: SupplementOutcome;

  /** The generation of the VPC that it made. */
  @Column({ type: 'int', unsigned: true })
  generation!: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
