import { Column, Entity } from 'typeorm';
import { LifecycleRow } from '../lifecycle/lifecycle.entity.js';

/** One address of a port, named as Neutron names it. */
export interface FixedIp {
  subnet_id: string;
  ip_address: string;
}

/** Another address, or block, that may be used at a port; named as Neutron names it. */
export interface AddressPair {
  ip_address: string;
  mac_address?: string | undefined;
}

/**
 * A Neutron port. That of a server is made before the server, so that its address is known and recorded; others are
 * their project's own. It is on a network that the cluster had before, or on a subnet of a VPC.
 */
@Entity('port')
export class Port extends LifecycleRow {
  /** Null only for ports of servers from before ports had projects. */
  @Column({ name: 'project_id', type: 'char', length: 36, nullable: true })
  projectId!: string | null;

  @Column({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ name: 'server_id', type: 'char', length: 36, nullable: true })
  serverId!: string | null;

  /** The logical network; null in a VPC. */
  @Column({ name: 'network_id', type: 'char', length: 36, nullable: true })
  networkId!: string | null;

  @Column({ name: 'vpc_id', type: 'char', length: 36, nullable: true })
  vpcId!: string | null;

  @Column({ name: 'subnet_id', type: 'char', length: 36, nullable: true })
  subnetId!: string | null;

  @Column({ name: 'segment_id', type: 'char', length: 36, nullable: true })
  segmentId!: string | null;

  /** Under which its address is held in the plan. */
  @Column({ name: 'reservation_id', type: 'char', length: 36, nullable: true })
  reservationId!: string | null;

  @Column({ name: 'openstack_id', type: 'varchar', length: 64, nullable: true })
  openstackId!: string | null;

  @Column({ name: 'mac_address', type: 'varchar', length: 32, nullable: true })
  macAddress!: string | null;

  @Column({ name: 'fixed_ips', type: 'json' })
  fixedIps!: FixedIp[];

  @Column({ name: 'admin_state_up', type: 'boolean' })
  adminStateUp!: boolean;

  /** Null: as the network has it. */
  @Column({ name: 'port_security_enabled', type: 'boolean', nullable: true })
  portSecurityEnabled!: boolean | null;

  @Column({ name: 'allowed_address_pairs', type: 'json' })
  allowedAddressPairs!: AddressPair[];

  /** Names of security groups; null: the cluster's default one. */
  @Column({ name: 'security_groups', type: 'json', nullable: true })
  securityGroups!: string[] | null;

  @Column({ name: 'qos_policy_id', type: 'char', length: 36, nullable: true })
  qosPolicyId!: string | null;

  /** As Neutron last told us; kept by what Ultron does with the port, see `observedAt`. */
  @Column({ name: 'observed_status', type: 'varchar', length: 16, nullable: true })
  observedStatus!: string | null;

  @Column({ name: 'revision_number', type: 'int', unsigned: true, nullable: true })
  revisionNumber!: number | null;

  @Column({ name: 'observed_at', type: 'datetime', precision: 6, nullable: true })
  observedAt!: Date | null;
}

/** A port that a cluster has. */
export type MadePort = Port & { openstackId: string; macAddress: string };
/** The port of a server. */
export type ServerPort = MadePort & { serverId: string };
