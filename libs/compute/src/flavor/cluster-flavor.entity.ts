import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A flavor of a cluster, and the logical flavor it serves; `unmappedReason` says why it serves none. */
@Entity('cluster_flavor')
export class ClusterFlavor {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  /** Nova lets an operator choose any text as a flavor's id. */
  @PrimaryColumn({ name: 'openstack_id', type: 'varchar', length: 255 })
  openstackId!: string;

  @Column({ name: 'flavor_id', type: 'char', length: 36, nullable: true })
  flavorId!: string | null;

  @Column({ type: 'varchar', length: 255 })
  name!: string;

  @Column({ type: 'int' })
  vcpus!: number;

  @Column({ name: 'ram_mb', type: 'int' })
  ramMb!: number;

  @Column({ name: 'disk_gb', type: 'int' })
  diskGb!: number;

  /** How many servers of this flavor fit on the cluster's hosts one by one, as last observed; null: not known. */
  @Column({ type: 'int', nullable: true })
  fits!: number | null;

  @Column({ name: 'unmapped_reason', type: 'varchar', length: 255, nullable: true })
  unmappedReason!: string | null;

  @Column({ name: 'observed_at', type: 'datetime', precision: 6 })
  observedAt!: Date;
}
