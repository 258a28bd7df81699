import { Column, Entity, PrimaryColumn } from 'typeorm';

/** To whom everything belongs that members ask for. */
@Entity('project')
export class ProjectEntity {
  @PrimaryColumn({ type: 'char', length: 36 }) id!: string;
  @Column({ type: 'varchar', length: 64 }) name!: string;
  @Column({ type: 'varchar', length: 255 }) description!: string;
  @Column({ type: 'datetime', precision: 6 }) created_at!: Date;
}
