import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A building. */
@Entity('idc')
export class Idc {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 63 })
  name!: string;

  @Column({ type: 'varchar', length: 255 })
  description!: string;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
