import { Column, Entity, PrimaryColumn } from 'typeorm';
import { LifecycleRow } from '../lifecycle/lifecycle.entity.js';

/** The router of a VPC. Each cluster that has a segment of an attached subnet has a Neutron router of its own for it. */
@Entity('router')
export class Router extends LifecycleRow {
  @Column({ name: 'project_id', type: 'char', length: 36 })
  projectId!: string;

  @Column({ name: 'vpc_id', type: 'char', length: 36 })
  vpcId!: string;

  @Column({ name: 'admin_state_up', type: 'boolean' })
  adminStateUp!: boolean;

  /** The logical network that leads out of the clusters; null: there is no external gateway. */
  @Column({ name: 'external_network_id', type: 'char', length: 36, nullable: true })
  externalNetworkId!: string | null;

  /** Null: as the cluster has it. */
  @Column({ name: 'enable_snat', type: 'boolean', nullable: true })
  enableSnat!: boolean | null;
}

/** A subnet whose segments have their gateway at the router. A subnet has one router at most. */
@Entity('router_interface')
export class RouterInterface {
  @PrimaryColumn({ name: 'subnet_id', type: 'char', length: 36 })
  subnetId!: string;

  @Column({ name: 'router_id', type: 'char', length: 36 })
  routerId!: string;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
