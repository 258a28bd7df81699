import type { FaultRecord } from '@ultron/kernel/fault';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SealedCredential } from '../credential/credential.js';
import type { ClusterState } from './cluster.state.js';
import type { NetworkBackend } from '../inventory/network-capability.js';

export const ENDPOINT_INTERFACES = ['public', 'internal', 'admin'] as const;
export type EndpointInterface = (typeof ENDPOINT_INTERFACES)[number];

export type ProbeStatus = 'pending' | 'ok' | 'failed';

/** One OpenStack deployment: what the operator says of it, and what was last seen of it. */
@Entity('cluster')
export class Cluster {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 63 })
  name!: string;

  @Column({ name: 'idc_id', type: 'char', length: 36 })
  idcId!: string;

  @Column({ name: 'conductor_group_id', type: 'char', length: 36 })
  conductorGroupId!: string;

  @Column({ name: 'auth_url', type: 'varchar', length: 255 })
  authUrl!: string;

  @Column({ type: 'varchar', length: 255, nullable: true })
  region!: string | null;

  @Column({ type: 'varchar', length: 16 })
  interface!: EndpointInterface;

  /** Encrypted; only the conductor opens it, and no answer of the API carries it. */
  @Column({ type: 'json' })
  credential!: SealedCredential;

  @Column({ type: 'varchar', length: 16 })
  state!: ClusterState;

  @Column({ name: 'state_reason', type: 'varchar', length: 255, nullable: true })
  stateReason!: string | null;

  /** Raised by every change an operator makes; the strong part of the ETag. */
  @Column({ type: 'int', unsigned: true })
  version!: number;

  /** Raised by every change of the auth URL, region, interface or credential: a probe of an older one is stale. */
  @Column({ name: 'connection_version', type: 'int', unsigned: true })
  connectionVersion!: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 6 })
  updatedAt!: Date;

  @Column({ name: 'release_name', type: 'varchar', length: 32, nullable: true })
  releaseName!: string | null;

  @Column({ name: 'network_backend', type: 'varchar', length: 31, nullable: true })
  networkBackend!: NetworkBackend | null;

  @Column({ name: 'probe_status', type: 'varchar', length: 16 })
  probeStatus!: ProbeStatus;

  @Column({ name: 'probe_fault', type: 'json', nullable: true })
  probeFault!: FaultRecord | null;

  @Column({ name: 'probed_at', type: 'datetime', precision: 6, nullable: true })
  probedAt!: Date | null;

  /** Outages in a row; see `countsAsReachable`. */
  @Column({ type: 'int', unsigned: true })
  outages!: number;

  @Column({ name: 'outage_since', type: 'datetime', precision: 6, nullable: true })
  outageSince!: Date | null;

  @Column({ name: 'outage_detail', type: 'varchar', length: 255, nullable: true })
  outageDetail!: string | null;
}
