import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A Nova availability zone of a cluster. */
@Entity('cluster_availability_zone')
export class ClusterAvailabilityZone {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @PrimaryColumn({ type: 'varchar', length: 127 })
  name!: string;

  @Column({ type: 'boolean' })
  available!: boolean;
}
