import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One address of a port, named as Neutron names it. */
export interface FixedIp {
  subnet_id: string;
  ip_address: string;
}

/** The Neutron port of a server: made before the server, so that its address is known and recorded. */
@Entity('port')
export class Port {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ name: 'server_id', type: 'char', length: 36 })
  serverId!: string;

  @Column({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ name: 'network_id', type: 'char', length: 36 })
  networkId!: string;

  @Column({ name: 'openstack_id', type: 'varchar', length: 64 })
  openstackId!: string;

  @Column({ name: 'mac_address', type: 'varchar', length: 32 })
  macAddress!: string;

  @Column({ name: 'fixed_ips', type: 'json' })
  fixedIps!: FixedIp[];

  /** As Neutron last told us; kept by what Ultron does with the port, see `observedAt`. */
  @Column({ type: 'varchar', length: 16 })
  status!: string;

  @Column({ name: 'observed_at', type: 'datetime', precision: 6 })
  observedAt!: Date;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;

  @Column({ name: 'deleted_at', type: 'datetime', precision: 6, nullable: true })
  deletedAt!: Date | null;
}
