import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The Neutron network of a VPC in one cluster, and whose turn it is to change what the cluster has of the VPC. */
@Entity('cluster_vpc_network')
export class ClusterVpcNetwork {
  @PrimaryColumn({ name: 'vpc_id', type: 'char', length: 36 })
  vpcId!: string;

  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  /** Null until it is made. */
  @Column({ name: 'openstack_id', type: 'varchar', length: 64, nullable: true })
  openstackId!: string | null;

  /** The task that changes networks and subnets of the VPC in the cluster; there is one at a time. */
  @Column({ name: 'turn_task_id', type: 'char', length: 36, nullable: true })
  turnTaskId!: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
