import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is promised to one server, until the cluster's own figures count it. */
@Entity('capacity_reservation')
export class CapacityReservation {
  @PrimaryColumn({ name: 'server_id', type: 'char', length: 36 })
  serverId!: string;

  @Column({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ type: 'int', unsigned: true })
  vcpus!: number;

  @Column({ name: 'ram_mb', type: 'int', unsigned: true })
  ramMb!: number;

  @Column({ name: 'disk_gb', type: 'int', unsigned: true })
  diskGb!: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;

  /** When the server was seen to exist; an observation that began later counts it among the used. */
  @Column({ name: 'settled_at', type: 'datetime', precision: 6, nullable: true })
  settledAt!: Date | null;
}
