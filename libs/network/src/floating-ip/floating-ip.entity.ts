import { Column, Entity } from 'typeorm';
import { LifecycleRow } from '../lifecycle/lifecycle.entity.js';

/** An address of an external network of one cluster, which may lead to a port there. Its name is its description. */
@Entity('floating_ip')
export class FloatingIp extends LifecycleRow {
  @Column({ name: 'project_id', type: 'char', length: 36 })
  projectId!: string;

  @Column({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  /** The external network. */
  @Column({ name: 'network_id', type: 'char', length: 36 })
  networkId!: string;

  @Column({ name: 'openstack_id', type: 'varchar', length: 64, nullable: true })
  openstackId!: string | null;

  /** Null until the cluster has given one. */
  @Column({ type: 'varchar', length: 45, nullable: true })
  address!: string | null;

  /** The port it is to lead to. */
  @Column({ name: 'port_id', type: 'char', length: 36, nullable: true })
  portId!: string | null;

  /** Which address of the port; null: its first. */
  @Column({ name: 'fixed_ip_address', type: 'varchar', length: 45, nullable: true })
  fixedIpAddress!: string | null;

  @Column({ name: 'qos_policy_id', type: 'char', length: 36, nullable: true })
  qosPolicyId!: string | null;

  @Column({ name: 'observed_status', type: 'varchar', length: 16, nullable: true })
  observedStatus!: string | null;

  @Column({ name: 'revision_number', type: 'int', unsigned: true, nullable: true })
  revisionNumber!: number | null;

  @Column({ name: 'observed_at', type: 'datetime', precision: 6, nullable: true })
  observedAt!: Date | null;
}
