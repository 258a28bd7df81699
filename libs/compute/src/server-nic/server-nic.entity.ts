import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * One network of a server. A server whose only network is a logical one has no such row: its own row names it.
 * The address is chosen when the server is accepted, and anew when the server goes to another cluster.
 */
@Entity('server_nic')
export class ServerNic {
  @PrimaryColumn({ name: 'server_id', type: 'char', length: 36 })
  serverId!: string;

  /** From 0, in the order in which they were asked for. */
  @PrimaryColumn({ type: 'tinyint', unsigned: true })
  position!: number;

  /** A logical network, or… */
  @Column({ name: 'network_id', type: 'char', length: 36, nullable: true })
  networkId!: string | null;

  /** …a VPC. */
  @Column({ name: 'vpc_id', type: 'char', length: 36, nullable: true })
  vpcId!: string | null;

  /** The subnet of the VPC in which its address lies. */
  @Column({ name: 'subnet_id', type: 'char', length: 36, nullable: true })
  subnetId!: string | null;

  /** Whether the caller asked for that very subnet: an address in another one will not do. */
  @Column({ name: 'subnet_asked', type: 'boolean' })
  subnetAsked!: boolean;

  /** Whether the caller asked for that very address: the server cannot go to another cluster. */
  @Column({ name: 'address_asked', type: 'boolean' })
  addressAsked!: boolean;

  @Column({ type: 'varchar', length: 45, nullable: true })
  address!: string | null;

  @Column({ name: 'segment_id', type: 'char', length: 36, nullable: true })
  segmentId!: string | null;

  /** Under which the plan holds the address. */
  @Column({ name: 'reservation_id', type: 'char', length: 36, nullable: true })
  reservationId!: string | null;
}
