import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Why the scheduler chose what it chose for a task: kept, because nobody can tell afterwards. */
@Entity('scheduling_decision')
export class SchedulingDecision {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ name: 'task_id', type: 'char', length: 36 })
  taskId!: string;

  @Column({ name: 'project_id', type: 'char', length: 36 })
  projectId!: string;

  @Column({ type: 'json' })
  explain!: Record<string, unknown>;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
