import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A conductor process, by its own word. */
@Entity('conductor')
export class ConductorEntity {
  @PrimaryColumn({ type: 'char', length: 36 }) id!: string;
  @Column({ type: 'varchar', length: 128 }) name!: string;
  @Column({ type: 'varchar', length: 64 }) conductor_group!: string;
  @Column({ type: 'json' }) domains!: string[];
  @Column({ type: 'varchar', length: 255 }) host!: string;
  @Column({ type: 'int' }) pid!: number;
  @Column({ type: 'datetime', precision: 6 }) started_at!: Date;
  @Column({ type: 'datetime', precision: 6 }) heartbeat_at!: Date;
  @Column({ type: 'tinyint' }) stopping!: 0 | 1;
  @Column({ type: 'tinyint' }) draining!: 0 | 1;
}
