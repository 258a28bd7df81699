import type { FaultRecord } from '@ultron/kernel/fault';
import { Column, PrimaryColumn } from 'typeorm';
import type { LifecycleStatus } from './lifecycle.state.js';

/** The columns of everything that Ultron makes in Neutron for a project. */
export abstract class LifecycleRow {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 255 })
  name!: string;

  @Column({ type: 'varchar', length: 255 })
  description!: string;

  @Column({ type: 'varchar', length: 16 })
  status!: LifecycleStatus;

  /** Why the last task about it failed. */
  @Column({ type: 'json', nullable: true })
  fault!: FaultRecord | null;

  /** The task that changes it now, or changed it last; null when nothing had to be done. */
  @Column({ name: 'task_id', type: 'char', length: 36, nullable: true })
  taskId!: string | null;

  /** Raised by every change; its entity tag. */
  @Column({ type: 'int', unsigned: true })
  version!: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 6 })
  updatedAt!: Date;

  @Column({ name: 'deleted_at', type: 'datetime', precision: 6, nullable: true })
  deletedAt!: Date | null;
}
