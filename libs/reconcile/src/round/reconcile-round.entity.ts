import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When a cluster is compared next, what the last comparison came to, and whether repairs are stopped there. */
@Entity('reconcile_round')
export class ReconcileRound {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ name: 'due_at', type: 'datetime', precision: 6 })
  dueAt!: Date;

  @Column({ name: 'last_round_at', type: 'datetime', precision: 6, nullable: true })
  lastRoundAt!: Date | null;

  @Column({ name: 'duration_ms', type: 'int', unsigned: true, nullable: true })
  durationMs!: number | null;

  @Column({ type: 'json', nullable: true })
  outcome!: RoundOutcome | null;

  /** Why the last round came to nothing. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  fault!: string | null;

  /** Null: as everywhere. */
  @Column({ name: 'max_per_hour', type: 'int', unsigned: true, nullable: true })
  maxPerHour!: number | null;

  @Column({ name: 'max_share', type: 'double', nullable: true })
  maxShare!: number | null;

  /** Since when repairs are stopped; null: they are not. */
  @Column({ name: 'braked_at', type: 'datetime', precision: 6, nullable: true })
  brakedAt!: Date | null;

  @Column({ name: 'brake_reason', type: 'varchar', length: 255, nullable: true })
  brakeReason!: string | null;

  /** Repairs before this do not count any more: a person looked. */
  @Column({ name: 'released_at', type: 'datetime', precision: 6, nullable: true })
  releasedAt!: Date | null;

  @Column({ type: 'int', unsigned: true })
  version!: number;
}

export interface RoundOutcome {
  /** Rows of ours and things of the cluster that were compared. */
  compared: number;
  abstained: number;
  found: number;
  resolved: number;
  repairs: number;
  adoptions: number;
}
