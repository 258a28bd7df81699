import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A logical network: one name that stands for an existing Neutron network in each cluster that has it. */
@Entity('network')
export class Network {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 255 })
  name!: string;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
