import type { FaultRecord } from '@ultron/kernel/fault';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A run of a task that failed and was unwound. */
@Entity('task_attempt')
export class TaskAttemptEntity {
  @PrimaryColumn({ type: 'char', length: 36 }) task_id!: string;
  @PrimaryColumn({ type: 'int' }) run!: number;
  @Column({ type: 'json' }) input!: unknown;
  @Column({ type: 'char', length: 36, nullable: true }) cluster_id!: string | null;
  @Column({ type: 'json' }) fault!: FaultRecord;
  @Column({ type: 'datetime', precision: 6, nullable: true }) started_at!: Date | null;
  @Column({ type: 'datetime', precision: 6 }) finished_at!: Date;
}
