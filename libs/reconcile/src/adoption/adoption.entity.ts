import type { FaultRecord } from '@ultron/kernel/fault';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Adoptable } from './adoptable.js';

export const ADOPTION_STATUSES = ['requested', 'adopted', 'failed', 'releasing', 'released'] as const;
export type AdoptionStatus = (typeof ADOPTION_STATUSES)[number];

/** Something that Ultron did not make and that a project has now. */
@Entity('adoption')
export class Adoption {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ name: 'subject_kind', type: 'varchar', length: 32 })
  subjectKind!: Adoptable;

  @Column({ name: 'openstack_id', type: 'varchar', length: 64 })
  openstackId!: string;

  @Column({ name: 'project_id', type: 'char', length: 36 })
  projectId!: string;

  @Column({ name: 'rule_id', type: 'char', length: 36, nullable: true })
  ruleId!: string | null;

  /** Whether our mark is put on it. */
  @Column({ type: 'boolean' })
  mark!: boolean;

  /** The row it becomes: chosen beforehand, so that a second try makes no second one. */
  @Column({ name: 'resource_id', type: 'char', length: 36 })
  resourceId!: string;

  @Column({ type: 'varchar', length: 16 })
  status!: AdoptionStatus;

  @Column({ name: 'rows_made', type: 'json' })
  rowsMade!: AdoptedRow[];

  @Column({ type: 'json', nullable: true })
  fault!: FaultRecord | null;

  @Column({ name: 'task_id', type: 'char', length: 36 })
  taskId!: string;

  /** How often it failed since it succeeded last. */
  @Column({ type: 'int', unsigned: true })
  failures!: number;

  /** Until then no rule begins it anew. */
  @Column({ name: 'ask_after', type: 'datetime', precision: 6, nullable: true })
  askAfter!: Date | null;

  /** When it became the project's; its row may be as old as the thing itself. */
  @Column({ name: 'adopted_at', type: 'datetime', precision: 6, nullable: true })
  adoptedAt!: Date | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 6 })
  updatedAt!: Date;
}

/** A row that came, or would come, to be by an adoption. */
export interface AdoptedRow {
  kind: 'server' | 'port' | 'network' | 'address';
  id: string;
  openstack_id: string | null;
  /** For people: flavor and image as mapped, addresses, what is unmapped. */
  detail: Record<string, unknown>;
}

/** What is adopted without asking again, and into which project. */
@Entity('adoption_rule')
export class AdoptionRule {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 63 })
  name!: string;

  @Column({ name: 'project_id', type: 'char', length: 36 })
  projectId!: string;

  @Column({ name: 'subject_kinds', type: 'json' })
  subjectKinds!: Adoptable[];

  @Column({ name: 'cluster_id', type: 'char', length: 36, nullable: true })
  clusterId!: string | null;

  @Column({ name: 'openstack_project_id', type: 'varchar', length: 64, nullable: true })
  openstackProjectId!: string | null;

  /** With `*` for any text and `?` for any character. */
  @Column({ name: 'name_pattern', type: 'varchar', length: 255, nullable: true })
  namePattern!: string | null;

  /** Entries that the metadata must have. */
  @Column({ type: 'json' })
  metadata!: Record<string, string>;

  @Column({ type: 'boolean' })
  mark!: boolean;

  @Column({ type: 'boolean' })
  enabled!: boolean;

  @Column({ type: 'int', unsigned: true })
  version!: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
