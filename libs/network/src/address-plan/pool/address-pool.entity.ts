import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Address space that VPCs are cut from. Its id is the scope in which an address exists once. */
@Entity('address_pool')
export class AddressPool {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 63 })
  name!: string;

  @Column({ type: 'tinyint', unsigned: true })
  family!: number;

  /** The first address in network byte order. */
  @Column({ type: 'varbinary', length: 16 })
  base!: Buffer;

  @Column({ type: 'tinyint', unsigned: true })
  prefix!: number;

  @Column({ name: 'vpc_prefix', type: 'tinyint', unsigned: true })
  vpcPrefix!: number;

  @Column({ name: 'subnet_prefix', type: 'tinyint', unsigned: true })
  subnetPrefix!: number;

  @Column({ name: 'segment_prefix', type: 'tinyint', unsigned: true })
  segmentPrefix!: number;

  /** The place of the next VPC. */
  @Column({ name: 'next_slot', type: 'int', unsigned: true })
  nextSlot!: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
