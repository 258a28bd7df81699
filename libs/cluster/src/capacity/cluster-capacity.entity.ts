import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * What a cluster has and uses, as observed, and what is promised: the sums over `capacity_reservation`, kept here
 * so that placing a server reads and locks one row per cluster.
 */
@Entity('cluster_capacity')
export class ClusterCapacity {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ type: 'int', unsigned: true })
  hosts!: number;

  @Column({ type: 'int', unsigned: true })
  servers!: number;

  @Column({ type: 'int', unsigned: true })
  vcpus!: number;

  @Column({ name: 'vcpus_used', type: 'int', unsigned: true })
  vcpusUsed!: number;

  @Column({ name: 'ram_mb', type: 'int', unsigned: true })
  ramMb!: number;

  @Column({ name: 'ram_mb_used', type: 'int', unsigned: true })
  ramMbUsed!: number;

  @Column({ name: 'disk_gb', type: 'int', unsigned: true })
  diskGb!: number;

  @Column({ name: 'disk_gb_used', type: 'int', unsigned: true })
  diskGbUsed!: number;

  @Column({ name: 'promised_servers', type: 'int', unsigned: true })
  promisedServers!: number;

  @Column({ name: 'promised_vcpus', type: 'int', unsigned: true })
  promisedVcpus!: number;

  @Column({ name: 'promised_ram_mb', type: 'int', unsigned: true })
  promisedRamMb!: number;

  @Column({ name: 'promised_disk_gb', type: 'int', unsigned: true })
  promisedDiskGb!: number;

  @Column({ name: 'observed_at', type: 'datetime', precision: 6, nullable: true })
  observedAt!: Date | null;
}
