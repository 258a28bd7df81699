import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A security group that a cluster shows to Ultron's account. Names need not be unique in Neutron. */
@Entity('cluster_security_group')
export class ClusterSecurityGroup {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @PrimaryColumn({ name: 'openstack_id', type: 'varchar', length: 64 })
  openstackId!: string;

  @Column({ type: 'varchar', length: 255 })
  name!: string;

  @Column({ name: 'observed_at', type: 'datetime', precision: 6 })
  observedAt!: Date;
}
