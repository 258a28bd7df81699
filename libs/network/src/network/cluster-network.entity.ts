import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A Neutron network of a cluster, and the logical network it serves; `unmappedReason` says why it serves none. */
@Entity('cluster_network')
export class ClusterNetwork {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @PrimaryColumn({ name: 'openstack_id', type: 'varchar', length: 64 })
  openstackId!: string;

  @Column({ name: 'network_id', type: 'char', length: 36, nullable: true })
  networkId!: string | null;

  @Column({ type: 'varchar', length: 255 })
  name!: string;

  /** `external` is a reserved word of MySQL 9. */
  @Column({ name: 'is_external', type: 'boolean' })
  external!: boolean;

  /** Mapped by hand, or by hand to none: its name does not decide. */
  @Column({ type: 'boolean' })
  pinned!: boolean;

  @Column({ name: 'unmapped_reason', type: 'varchar', length: 255, nullable: true })
  unmappedReason!: string | null;

  @Column({ name: 'observed_at', type: 'datetime', precision: 6 })
  observedAt!: Date;
}
