import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { FaultRecord } from '@ultron/kernel/fault';
import type { ServerStatus } from './server.state.js';

/** Where the caller wants a server to be. */
export interface ServerPlacement {
  /** Name or id of an IDC. */
  idc?: string;
  /** Names or ids of clusters. */
  clusters?: string[];
  policy?: 'spread' | 'pack';
}

/** A server: what was asked for (ours), and what was last seen of it in its cluster (`observed…`). */
@Entity('server')
export class Server {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ name: 'project_id', type: 'char', length: 36 })
  projectId!: string;

  @Column({ type: 'varchar', length: 255 })
  name!: string;

  /** Null only for a server that was adopted with a flavor that is mapped to none of ours. */
  @Column({ name: 'flavor_id', type: 'char', length: 36, nullable: true })
  flavorId!: string | null;

  /** Null only for a server that was adopted: its image is unknown, or it was made from a volume. */
  @Column({ name: 'image_id', type: 'char', length: 36, nullable: true })
  imageId!: string | null;

  /** Its logical network, when it has no other; null when its networks are rows of their own. */
  @Column({ name: 'network_id', type: 'char', length: 36, nullable: true })
  networkId!: string | null;

  /** It may be ended for others; it takes no addresses that a cluster keeps for emergencies. */
  @Column({ type: 'boolean' })
  preemptible!: boolean;

  @Column({ name: 'key_pair_id', type: 'char', length: 36, nullable: true })
  keyPairId!: string | null;

  /** Base64, as the caller gave it and as Nova takes it. */
  @Column({ name: 'user_data', type: 'mediumtext', nullable: true, select: false })
  userData!: string | null;

  @Column({ type: 'json' })
  metadata!: Record<string, string>;

  /** Names. */
  @Column({ name: 'security_groups', type: 'json' })
  securityGroups!: string[];

  @Column({ type: 'json' })
  placement!: ServerPlacement;

  @Column({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ type: 'varchar', length: 16 })
  status!: ServerStatus;

  /** Why the server is in `error`, or why the last action on it failed. */
  @Column({ type: 'json', nullable: true })
  fault!: FaultRecord | null;

  /** The task that changes the server now, or changed it last. */
  @Column({ name: 'task_id', type: 'char', length: 36 })
  taskId!: string;

  /** Raised by every change of what the API shows; the ETag. */
  @Column({ type: 'int' })
  version!: number;

  @Column({ name: 'openstack_id', type: 'varchar', length: 64, nullable: true })
  openstackId!: string | null;

  @Column({ name: 'observed_status', type: 'varchar', length: 32, nullable: true })
  observedStatus!: string | null;

  @Column({ name: 'observed_task_state', type: 'varchar', length: 64, nullable: true })
  observedTaskState!: string | null;

  @Column({ name: 'observed_power_state', type: 'int', nullable: true })
  observedPowerState!: number | null;

  @Column({ name: 'observed_at', type: 'datetime', precision: 6, nullable: true })
  observedAt!: Date | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 6 })
  updatedAt!: Date;

  @Column({ name: 'deleted_at', type: 'datetime', precision: 6, nullable: true })
  deletedAt!: Date | null;
}
