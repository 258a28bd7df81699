import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A server that a cluster was chosen for and had no room for after all; recent ones lower its weight. */
@Entity('placement_failure')
export class PlacementFailure {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ name: 'server_id', type: 'char', length: 36 })
  serverId!: string;

  @Column({ type: 'varchar', length: 255 })
  reason!: string;

  @Column({ name: 'failed_at', type: 'datetime', precision: 6 })
  failedAt!: Date;
}
