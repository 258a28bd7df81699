import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A logical image: one name that stands for a Glance image in each cluster that has it. */
@Entity('image')
export class Image {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 255 })
  name!: string;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
