import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What an operator, or Ultron itself, changed about how Ultron works. Rows are added, and forgotten after a year. */
@Entity('operator_event')
export class OperatorEventEntity {
  @PrimaryColumn({ type: 'char', length: 36 }) id!: string;
  @Column({ type: 'varchar', length: 32 }) subject_kind!: string;
  @Column({ type: 'varchar', length: 128 }) subject_id!: string;
  @Column({ type: 'varchar', length: 32 }) action!: string;
  @Column({ type: 'varchar', length: 255 }) actor!: string;
  @Column({ type: 'char', length: 32, nullable: true }) trace_id!: string | null;
  @Column({ type: 'varchar', length: 255, nullable: true }) reason!: string | null;
  @Column({ type: 'json', nullable: true }) state_before!: object | null;
  @Column({ type: 'json', nullable: true }) state_after!: object | null;
  @Column({ type: 'datetime', precision: 6 }) at!: Date;
}
