import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A cluster that waits for addresses of a VPC which nobody could give it yet. */
@Entity('supplement_wait')
export class SupplementWait {
  @PrimaryColumn({ name: 'vpc_id', type: 'char', length: 36 })
  vpcId!: string;

  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ name: 'idc_id', type: 'char', length: 36 })
  idcId!: string;

  @Column({ type: 'int', unsigned: true })
  need!: number;

  /** Whether requests wait; otherwise it is only below its low-water mark. */
  @Column({ type: 'tinyint' })
  urgent!: boolean;

  @Column({ type: 'datetime', precision: 6 })
  since!: Date;

  /** Nobody asked again until then: it waits no more. */
  @Column({ name: 'expires_at', type: 'datetime', precision: 6 })
  expiresAt!: Date;
}
