import { Entity, PrimaryColumn } from 'typeorm';

/** A Neutron extension that a cluster offers. */
@Entity('cluster_extension')
export class ClusterExtension {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @PrimaryColumn({ type: 'varchar', length: 127 })
  alias!: string;
}
