import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ClusterPart } from '../lifecycle/cluster-part.entity.js';
import { LifecycleRow } from '../lifecycle/lifecycle.entity.js';

export const DIRECTIONS = ['egress', 'ingress'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** How much may pass, named as Neutron names it: kbit/s, and kbit in a burst (0: the cluster's choice). */
export interface BandwidthLimit {
  direction: Direction;
  max_kbps: number;
  max_burst_kbps: number;
}

/** A policy for ports and floating IPs; a cluster gets its own Neutron policy once one there uses it. */
@Entity('qos_policy')
export class QosPolicy extends LifecycleRow {
  @Column({ name: 'project_id', type: 'char', length: 36 })
  projectId!: string;

  /** One for each direction at most. */
  @Column({ name: 'bandwidth_limits', type: 'json' })
  bandwidthLimits!: BandwidthLimit[];
}

/** The Neutron policy of one cluster. */
@Entity('cluster_qos_policy')
export class ClusterQosPolicy extends ClusterPart {
  @PrimaryColumn({ name: 'qos_policy_id', type: 'char', length: 36 })
  qosPolicyId!: string;

  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  /** The version of the policy that the cluster was told. */
  @Column({ name: 'told_version', type: 'int', unsigned: true })
  toldVersion!: number;
}
