import type { FaultRecord } from '@ultron/kernel/fault';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { FindingKind, Proposal, SubjectKind } from './finding.kinds.js';
import type { FindingState } from './finding.state.js';

/** Something on which intent, what was seen and a cluster do not agree. */
@Entity('finding')
export class Finding {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ type: 'varchar', length: 32 })
  kind!: FindingKind;

  @Column({ name: 'subject_kind', type: 'varchar', length: 32 })
  subjectKind!: SubjectKind;

  @Column({ name: 'subject_id', type: 'varchar', length: 64 })
  subjectId!: string;

  @Column({ name: 'openstack_id', type: 'varchar', length: 64, nullable: true })
  openstackId!: string | null;

  @Column({ name: 'project_id', type: 'char', length: 36, nullable: true })
  projectId!: string | null;

  @Column({ type: 'json' })
  evidence!: Record<string, unknown>;

  @Column({ type: 'json', nullable: true })
  proposal!: Proposal | null;

  @Column({ type: 'varchar', length: 16 })
  state!: FindingState;

  /** The task that repairs it, or did so last. */
  @Column({ name: 'task_id', type: 'char', length: 36, nullable: true })
  taskId!: string | null;

  /** Why the last repair failed. */
  @Column({ type: 'json', nullable: true })
  fault!: FaultRecord | null;

  /** Repairs that were begun since it was found. */
  @Column({ type: 'int', unsigned: true })
  repairs!: number;

  /** A repair that failed is not begun again by itself before. */
  @Column({ name: 'repair_after', type: 'datetime', precision: 6, nullable: true })
  repairAfter!: Date | null;

  /** How often it was found after having been away. */
  @Column({ name: 'came_back', type: 'int', unsigned: true })
  cameBack!: number;

  @Column({ type: 'int', unsigned: true })
  version!: number;

  @Column({ name: 'first_seen_at', type: 'datetime', precision: 6 })
  firstSeenAt!: Date;

  @Column({ name: 'last_seen_at', type: 'datetime', precision: 6 })
  lastSeenAt!: Date;

  @Column({ name: 'resolved_at', type: 'datetime', precision: 6, nullable: true })
  resolvedAt!: Date | null;
}

export const AUDIT_ACTIONS = [
  'found',
  'came_back',
  'repair_begun',
  'repaired',
  'repair_failed',
  'ignored',
  'reopened',
  'resolved',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What happened to a finding, and who did it: the audit trail, never changed. */
@Entity('finding_event')
export class FindingEventRow {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ name: 'finding_id', type: 'char', length: 36 })
  findingId!: string;

  @Column({ type: 'varchar', length: 16 })
  action!: AuditAction;

  /** `token <id>`, or `reconciler`. */
  @Column({ type: 'varchar', length: 64 })
  actor!: string;

  @Column({ name: 'task_id', type: 'char', length: 36, nullable: true })
  taskId!: string | null;

  @Column({ type: 'json', nullable: true })
  detail!: Record<string, unknown> | null;

  @Column({ name: 'at', type: 'datetime', precision: 6 })
  at!: Date;
}
