import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A kind of thing in a cluster: how it is kept true, by whom, and how far that has come. */
@Entity('lane')
export class LaneEntity {
  @PrimaryColumn({ type: 'char', length: 36 }) cluster_id!: string;
  @PrimaryColumn({ type: 'varchar', length: 32 }) kind!: string;
  @Column({ type: 'varchar', length: 32 }) domain!: string;
  @Column({ type: 'varchar', length: 64 }) conductor_group!: string;
  @Column({ type: 'varchar', length: 16 }) tier!: string;
  @Column({ type: 'varchar', length: 16 }) changes_by!: string;
  @Column({ type: 'varchar', length: 16 }) deletions_by!: string;
  @Column({ type: 'int' }) slowness!: number;
  @Column({ type: 'tinyint' }) resting!: 0 | 1;
  @Column({ type: 'tinyint' }) paused!: 0 | 1;
  @Column({ type: 'char', length: 36, nullable: true }) owner_id!: string | null;
  @Column({ type: 'int' }) epoch!: number;
  @Column({ type: 'datetime', precision: 6, nullable: true }) taken_at!: Date | null;
  @Column({ type: 'datetime', precision: 6 }) next_due_at!: Date;
  @Column({ type: 'datetime', precision: 6 }) full_due_at!: Date;
  @Column({ type: 'datetime', precision: 6, nullable: true }) changes_due_at!: Date | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) ids_due_at!: Date | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) confirm_due_at!: Date | null;
  @Column({ type: 'varchar', length: 16, nullable: true }) asked_for!: string | null;
  @Column({ type: 'bigint' }) pass_number!: string;
  @Column({ type: 'varchar', length: 16, nullable: true }) pass_mode!: string | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) pass_started_at!: Date | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) cursor_at!: Date | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) last_started_at!: Date | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) last_finished_at!: Date | null;
  @Column({ type: 'varchar', length: 16, nullable: true }) last_outcome!: string | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) fresh_at!: Date | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) full_at!: Date | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) changes_at!: Date | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) ids_at!: Date | null;
  @Column({ type: 'int', nullable: true }) full_ms!: number | null;
  @Column({ type: 'int', nullable: true }) changes_ms!: number | null;
  @Column({ type: 'int' }) seen_count!: number;
  @Column({ type: 'int' }) written_count!: number;
  @Column({ type: 'int' }) present_count!: number;
  @Column({ type: 'int' }) missing_count!: number;
  @Column({ type: 'int' }) gone_count!: number;
  @Column({ type: 'json', nullable: true }) fault!: unknown;
  @Column({ type: 'int' }) failures!: number;
  @Column({ type: 'datetime', precision: 6, nullable: true }) failing_since!: Date | null;
  @Column({ type: 'varchar', length: 16 }) brake!: string;
  @Column({ type: 'datetime', precision: 6, nullable: true }) brake_at!: Date | null;
  @Column({ type: 'int', nullable: true }) brake_known!: number | null;
  @Column({ type: 'int', nullable: true }) brake_unseen!: number | null;
  @Column({ type: 'datetime', precision: 6 }) created_at!: Date;
}
