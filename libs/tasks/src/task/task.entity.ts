import type { FaultRecord } from '@ultron/kernel/fault';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TaskStatus } from './task.state.js';

/** A row of `task`: a piece of asked-for work, its own outbox, and the claim on it. Named as the columns are. */
@Entity('task')
export class TaskEntity {
  @PrimaryColumn({ type: 'char', length: 36 }) id!: string;
  @Column({ type: 'varchar', length: 64 }) kind!: string;
  @Column({ type: 'varchar', length: 32 }) domain!: string;
  @Column({ type: 'varchar', length: 64 }) conductor_group!: string;
  @Column({ type: 'char', length: 36, nullable: true }) project_id!: string | null;
  @Column({ type: 'char', length: 36, nullable: true }) parent_id!: string | null;
  @Column({ type: 'varchar', length: 64, nullable: true }) resource_kind!: string | null;
  @Column({ type: 'varchar', length: 64, nullable: true }) resource_id!: string | null;

  @Column({ type: 'varchar', length: 16 }) status!: TaskStatus;
  /** Which way it goes when it is claimed next: 1 undoes steps. */
  @Column({ type: 'tinyint' }) unwinding!: 0 | 1;
  /** The number of the attempt, from 0; each may use another cluster. */
  @Column({ type: 'int' }) run!: number;
  /** Raised by every claim and release: what an earlier holder writes no longer counts. */
  @Column({ type: 'int' }) epoch!: number;
  /** The conductor that holds it. Set exactly while it is running or unwinding. */
  @Column({ type: 'char', length: 36, nullable: true }) claimed_by!: string | null;
  /**
   * When any conductor may claim it: queued, its next run; waiting, the end of its patience; held, the end of the
   * lease. Null when nobody may: stuck, ended, or a parent.
   */
  @Column({ type: 'datetime', precision: 6, nullable: true }) due_at!: Date | null;

  /** The step to do, or to undo, next; the number of steps once all are done, -1 once all are undone. */
  @Column({ type: 'int' }) current_step!: number;
  @Column({ type: 'int', nullable: true }) step_count!: number | null;
  /** How often the current step was begun before. */
  @Column({ type: 'int' }) step_tries!: number;
  @Column({ type: 'tinyint' }) step_in_doubt!: 0 | 1;
  /** How often in a row a conductor died, or lost its lease, in the present step. */
  @Column({ type: 'int' }) takeovers!: number;
  @Column({ type: 'datetime', precision: 6, nullable: true }) step_began_at!: Date | null;
  /** Faults of the current step in a row, and since when. */
  @Column({ type: 'int' }) failures!: number;
  @Column({ type: 'datetime', precision: 6, nullable: true }) failing_since!: Date | null;

  @Column({ type: 'varchar', length: 16, nullable: true }) wait_on!: 'observation' | 'task' | 'time' | null;
  @Column({ type: 'char', length: 36, nullable: true }) wait_cluster_id!: string | null;
  @Column({ type: 'varchar', length: 32, nullable: true }) wait_resource!: string | null;
  @Column({ type: 'varchar', length: 64, nullable: true }) wait_key!: string | null;
  @Column({ type: 'json', nullable: true }) wait_until!: Record<string, unknown> | null;
  @Column({ type: 'varchar', length: 255, nullable: true }) wait_what!: string | null;

  @Column({ type: 'tinyint' }) cancel_requested!: 0 | 1;
  @Column({ type: 'json' }) input!: unknown;
  /** Of the last try, while the step or its undo is tried again, and of the undo that made the task stuck. */
  @Column({ type: 'json', nullable: true }) last_fault!: FaultRecord | null;
  /** Why the run unwinds, or why the task failed. */
  @Column({ type: 'json', nullable: true }) fault!: FaultRecord | null;

  /** Set for a parent only. */
  @Column({ type: 'int', nullable: true }) children_total!: number | null;
  @Column({ type: 'int' }) children_succeeded!: number;
  @Column({ type: 'int' }) children_failed!: number;
  @Column({ type: 'int', nullable: true }) min_succeeded!: number | null;

  @Column({ type: 'char', length: 32 }) trace_id!: string;
  @Column({ type: 'varchar', length: 64 }) traceparent!: string;
  /** Grows with every change that the API shows. */
  @Column({ type: 'int' }) version!: number;
  @Column({ type: 'datetime', precision: 6 }) created_at!: Date;
  @Column({ type: 'datetime', precision: 6, nullable: true }) started_at!: Date | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) run_started_at!: Date | null;
  @Column({ type: 'datetime', precision: 6, nullable: true }) finished_at!: Date | null;
  @Column({ type: 'datetime', precision: 6 }) updated_at!: Date;
}
