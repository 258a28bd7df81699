import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The tier of a cluster or of a project. */
@Entity('sync_tier_assignment')
export class SyncTierAssignmentEntity {
  @PrimaryColumn({ type: 'varchar', length: 16 }) subject_kind!: string;
  @PrimaryColumn({ type: 'char', length: 36 }) subject_id!: string;
  @Column({ type: 'varchar', length: 16 }) tier!: string;
  @Column({ type: 'datetime', precision: 6 }) assigned_at!: Date;
}
