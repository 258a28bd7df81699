import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { FindingKind, SubjectKind } from '../finding/finding.kinds.js';
import type { PolicyAction, PolicyScope } from './policy.rules.js';

/** What is done about a kind of finding, everywhere, in the clusters of a tier, or in one cluster. */
@Entity('reconcile_policy')
export class ReconcilePolicy {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 32 })
  kind!: FindingKind;

  /** Empty: whatever the finding is about. */
  @Column({ name: 'subject_kind', type: 'varchar', length: 32 })
  subjectKind!: SubjectKind | '';

  @Column({ type: 'varchar', length: 8 })
  scope!: PolicyScope;

  /** The name of the tier or the id of the cluster; empty where the scope is everywhere. */
  @Column({ name: 'scope_id', type: 'varchar', length: 36 })
  scopeId!: string;

  @Column({ type: 'varchar', length: 8 })
  action!: PolicyAction;

  /** Repairs by itself within an hour, in a cluster; null: as the cluster has it. */
  @Column({ name: 'max_per_hour', type: 'int', unsigned: true, nullable: true })
  maxPerHour!: number | null;

  /** The share of what Ultron has in a cluster that may want such a repair at once; null: as the cluster has it. */
  @Column({ name: 'max_share', type: 'double', nullable: true })
  maxShare!: number | null;

  @Column({ type: 'int', unsigned: true })
  version!: number;

  @Column({ name: 'updated_at', type: 'datetime', precision: 6 })
  updatedAt!: Date;
}
