import type { FaultRecord } from '@ultron/kernel/fault';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What became of one step in one run of a task. */
@Entity('task_step')
export class TaskStepEntity {
  @PrimaryColumn({ type: 'char', length: 36 }) task_id!: string;
  @PrimaryColumn({ type: 'int' }) run!: number;
  @PrimaryColumn({ type: 'int' }) position!: number;
  @Column({ type: 'varchar', length: 64 }) name!: string;
  @Column({ type: 'varchar', length: 8 }) status!: 'running' | 'done' | 'undone' | 'failed';
  /** `{ "value": … }`: an output may be any JSON value, also none. */
  @Column({ type: 'json', nullable: true }) output!: { value?: unknown } | null;
  @Column({ type: 'int' }) tries!: number;
  @Column({ type: 'datetime', precision: 6, nullable: true }) started_at!: Date | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) finished_at!: Date | null;
  @Column({ type: 'json', nullable: true }) fault!: FaultRecord | null;
}
