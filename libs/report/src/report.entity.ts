import { Column, Entity, PrimaryColumn } from 'typeorm';

export type HourState = 'claimed' | 'done';

/** An hour that was, or is being, summed up. */
@Entity('report_hour')
export class ReportHour {
  @PrimaryColumn({ type: 'datetime', precision: 6 })
  hour!: Date;

  @Column({ type: 'varchar', length: 8 })
  state!: HourState;

  @Column({ name: 'claimed_at', type: 'datetime', precision: 6 })
  claimedAt!: Date;

  @Column({ name: 'finished_at', type: 'datetime', precision: 6, nullable: true })
  finishedAt!: Date | null;

  @Column({ type: 'int', unsigned: true })
  tries!: number;
}

/** What a project had of one flavor in one cluster at the end of the hour. Empty flavor: one that is not mapped. */
@Entity('report_usage')
export class ReportUsage {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'datetime', precision: 6 })
  hour!: Date;

  @Column({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ name: 'project_id', type: 'char', length: 36 })
  projectId!: string;

  @Column({ name: 'flavor_id', type: 'varchar', length: 36 })
  flavorId!: string;

  @Column({ type: 'bigint', unsigned: true })
  servers!: string;

  @Column({ type: 'bigint', unsigned: true })
  vcpus!: string;

  @Column({ name: 'ram_mb', type: 'bigint', unsigned: true })
  ramMb!: string;

  @Column({ name: 'disk_gb', type: 'bigint', unsigned: true })
  diskGb!: string;

  @Column({ type: 'bigint', unsigned: true })
  addresses!: string;
}

/** How the tasks of the hour ended, and how long servers took to become active. Empty ids: it has none. */
@Entity('report_outcome')
export class ReportOutcome {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'datetime', precision: 6 })
  hour!: Date;

  @Column({ name: 'cluster_id', type: 'varchar', length: 36 })
  clusterId!: string;

  @Column({ name: 'project_id', type: 'varchar', length: 36 })
  projectId!: string;

  @Column({ name: 'flavor_id', type: 'varchar', length: 36 })
  flavorId!: string;

  @Column({ name: 'task_kind', type: 'varchar', length: 64 })
  taskKind!: string;

  @Column({ type: 'bigint', unsigned: true })
  succeeded!: string;

  @Column({ type: 'bigint', unsigned: true })
  failed!: string;

  @Column({ type: 'bigint', unsigned: true })
  cancelled!: string;

  /** How often each code made a task fail. */
  @Column({ name: 'fault_codes', type: 'json' })
  faultCodes!: Record<string, number>;

  @Column({ name: 'active_p50_ms', type: 'int', unsigned: true, nullable: true })
  activeP50Ms!: number | null;

  @Column({ name: 'active_p99_ms', type: 'int', unsigned: true, nullable: true })
  activeP99Ms!: number | null;

  @Column({ name: 'active_max_ms', type: 'int', unsigned: true, nullable: true })
  activeMaxMs!: number | null;
}

/** What a cluster had and used when the hour was summed up; an hour in which nobody looked has no row. */
@Entity('report_capacity')
export class ReportCapacity {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'datetime', precision: 6 })
  hour!: Date;

  @Column({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ type: 'bigint', unsigned: true })
  servers!: string;

  @Column({ type: 'bigint', unsigned: true })
  vcpus!: string;

  @Column({ name: 'vcpus_used', type: 'bigint', unsigned: true })
  vcpusUsed!: string;

  @Column({ name: 'ram_mb', type: 'bigint', unsigned: true })
  ramMb!: string;

  @Column({ name: 'ram_mb_used', type: 'bigint', unsigned: true })
  ramMbUsed!: string;

  @Column({ name: 'disk_gb', type: 'bigint', unsigned: true })
  diskGb!: string;

  @Column({ name: 'disk_gb_used', type: 'bigint', unsigned: true })
  diskGbUsed!: string;

  /** Of the address plan, in segments of the cluster. */
  @Column({ type: 'bigint', unsigned: true })
  addresses!: string;

  @Column({ name: 'addresses_used', type: 'bigint', unsigned: true })
  addressesUsed!: string;

  @Column({ name: 'observed_at', type: 'datetime', precision: 6, nullable: true })
  observedAt!: Date | null;
}

/** How many servers of a flavor still fitted into a cluster, on its hosts one by one. */
@Entity('report_flavor_capacity')
export class ReportFlavorCapacity {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'datetime', precision: 6 })
  hour!: Date;

  @Column({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ name: 'flavor_id', type: 'char', length: 36 })
  flavorId!: string;

  /** Its name. */
  @Column({ type: 'varchar', length: 255 })
  flavor!: string;

  @Column({ name: 'servers_left', type: 'bigint', unsigned: true })
  serversLeft!: string;

  @Column({ name: 'observed_at', type: 'datetime', precision: 6 })
  observedAt!: Date;
}

/** What a project with a quota of addresses was allowed and held. */
@Entity('report_project_capacity')
export class ReportProjectCapacity {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'datetime', precision: 6 })
  hour!: Date;

  @Column({ name: 'project_id', type: 'char', length: 36 })
  projectId!: string;

  @Column({ type: 'bigint', unsigned: true })
  addresses!: string;

  @Column({ name: 'addresses_used', type: 'bigint', unsigned: true })
  addressesUsed!: string;
}
