import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How fresh things are to be, and how often they are read for that; milliseconds. */
@Entity('sync_tier')
export class SyncTierEntity {
  @PrimaryColumn({ type: 'varchar', length: 16 }) name!: string;
  @Column({ type: 'int' }) place!: number;
  @Column({ type: 'int' }) objective_ms!: number;
  @Column({ type: 'int' }) changes_ms!: number;
  @Column({ type: 'int' }) ids_ms!: number;
  @Column({ type: 'int' }) full_ms!: number;
  /** Fewer than so many may vanish from a lane at once. */
  @Column({ type: 'int' }) brake_at_least!: number;
  /** The share of a lane that may. */
  @Column({ type: 'double' }) brake_share!: number;
  @Column({ type: 'int' }) version!: number;
  @Column({ type: 'datetime', precision: 6 }) updated_at!: Date;
}
