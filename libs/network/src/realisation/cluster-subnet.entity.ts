import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A Neutron subnet: of a segment (routed), or of the part that a cluster has of a subnet (stretched). */
@Entity('cluster_subnet')
export class ClusterSubnet {
  /** The segment when routed, the subnet when stretched: its name in the cluster says so. */
  @PrimaryColumn({ name: 'owner_id', type: 'char', length: 36 })
  ownerId!: string;

  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ name: 'vpc_id', type: 'char', length: 36 })
  vpcId!: string;

  @Column({ name: 'subnet_id', type: 'char', length: 36 })
  subnetId!: string;

  @Column({ name: 'openstack_id', type: 'varchar', length: 64 })
  openstackId!: string;

  @Column({ name: 'openstack_network_id', type: 'varchar', length: 64 })
  openstackNetworkId!: string;

  @Column({ type: 'varchar', length: 64 })
  cidr!: string;

  /** As they were set last. */
  @Column({ name: 'allocation_pools', type: 'json' })
  allocationPools!: { start: string; end: string }[];

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
