import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A service of a cluster: its endpoint in the catalog and its (micro)version range. */
@Entity('cluster_service')
export class ClusterServiceRow {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  /** As in the catalog: `compute`, `network`, `image`, … */
  @PrimaryColumn({ name: 'service_type', type: 'varchar', length: 63 })
  serviceType!: string;

  @Column({ type: 'varchar', length: 255 })
  endpoint!: string;

  @Column({ name: 'min_version', type: 'varchar', length: 16, nullable: true })
  minVersion!: string | null;

  @Column({ name: 'max_version', type: 'varchar', length: 16, nullable: true })
  maxVersion!: string | null;
}
