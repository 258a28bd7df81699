import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Conductors that share clusters; its name is the one in the names of their queues. */
@Entity('conductor_group')
export class ConductorGroup {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 63 })
  name!: string;

  @Column({ type: 'varchar', length: 255 })
  description!: string;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
