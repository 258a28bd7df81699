import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A Glance image of a cluster, and the logical image it serves; `unmappedReason` says why it serves none. */
@Entity('cluster_image')
export class ClusterImage {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @PrimaryColumn({ name: 'openstack_id', type: 'varchar', length: 64 })
  openstackId!: string;

  @Column({ name: 'image_id', type: 'char', length: 36, nullable: true })
  imageId!: string | null;

  @Column({ type: 'varchar', length: 255 })
  name!: string;

  @Column({ name: 'min_disk_gb', type: 'int' })
  minDiskGb!: number;

  @Column({ name: 'min_ram_mb', type: 'int' })
  minRamMb!: number;

  /** An operator chose this mapping: discovery by name leaves it alone. */
  @Column({ type: 'boolean' })
  pinned!: boolean;

  @Column({ name: 'unmapped_reason', type: 'varchar', length: 255, nullable: true })
  unmappedReason!: string | null;

  @Column({ name: 'observed_at', type: 'datetime', precision: 6 })
  observedAt!: Date;
}
