import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ClusterPart } from '../lifecycle/cluster-part.entity.js';

/** The Neutron router of one cluster. */
@Entity('cluster_router')
export class ClusterRouter extends ClusterPart {
  @PrimaryColumn({ name: 'router_id', type: 'char', length: 36 })
  routerId!: string;

  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  /** The Neutron network of its external gateway, as the cluster has it. */
  @Column({ name: 'external_openstack_id', type: 'varchar', length: 64, nullable: true })
  externalOpenstackId!: string | null;

  /** Its addresses there. */
  @Column({ name: 'external_addresses', type: 'json' })
  externalAddresses!: string[];
}

/** A Neutron subnet that has its gateway at the Neutron router. */
@Entity('cluster_router_interface')
export class ClusterRouterInterface {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @PrimaryColumn({ name: 'openstack_subnet_id', type: 'varchar', length: 64 })
  openstackSubnetId!: string;

  @Column({ name: 'router_id', type: 'char', length: 36 })
  routerId!: string;

  @Column({ name: 'segment_id', type: 'char', length: 36 })
  segmentId!: string;

  /** The port of the router in the subnet. */
  @Column({ name: 'openstack_port_id', type: 'varchar', length: 64 })
  openstackPortId!: string;
}
