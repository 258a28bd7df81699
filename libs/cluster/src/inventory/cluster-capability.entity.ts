import { Entity, PrimaryColumn } from 'typeorm';

/** Something a cluster can do, under the name that a request asks for: `local_disk`, `bare_metal`, … */
@Entity('cluster_capability')
export class ClusterCapability {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @PrimaryColumn({ type: 'varchar', length: 127 })
  name!: string;

  /** By an operator, for what cannot be discovered; a probe leaves these alone. */
  @PrimaryColumn({ type: 'boolean' })
  declared!: boolean;
}
