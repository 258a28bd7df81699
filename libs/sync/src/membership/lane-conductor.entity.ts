import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A conductor process that takes part in the lanes of its group, by its own word. */
@Entity('lane_conductor')
export class LaneConductorEntity {
  @PrimaryColumn({ type: 'char', length: 36 }) conductor_id!: string;
  @Column({ type: 'varchar', length: 128 }) name!: string;
  @Column({ type: 'varchar', length: 64 }) conductor_group!: string;
  @Column({ type: 'json' }) domains!: string[];
  @Column({ type: 'datetime', precision: 6 }) joined_at!: Date;
  @Column({ type: 'datetime', precision: 6 }) beat_at!: Date;
  @Column({ type: 'tinyint' }) draining!: 0 | 1;
  @Column({ type: 'tinyint' }) leaving!: 0 | 1;
  @Column({ type: 'datetime', precision: 6, nullable: true }) busy_until!: Date | null;
}
