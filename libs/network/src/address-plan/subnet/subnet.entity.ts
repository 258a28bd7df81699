import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A part of a VPC in one IDC, divided among its clusters. */
@Entity('subnet')
export class Subnet {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ name: 'vpc_id', type: 'char', length: 36 })
  vpcId!: string;

  @Column({ name: 'idc_id', type: 'char', length: 36 })
  idcId!: string;

  /** Its place in the VPC. */
  @Column({ type: 'smallint', unsigned: true })
  slot!: number;

  @Column({ type: 'varbinary', length: 16 })
  base!: Buffer;

  @Column({ type: 'tinyint', unsigned: true })
  prefix!: number;

  /** Since when it is being taken down. */
  @Column({ name: 'deleting_at', type: 'datetime', precision: 6, nullable: true })
  deletingAt!: Date | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
