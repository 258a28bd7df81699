import type { FaultRecord } from '@ultron/kernel/fault';
import { Column } from 'typeorm';
import type { LifecycleStatus } from './lifecycle.state.js';

/** The columns of what one cluster has of something that many clusters may have. */
export abstract class ClusterPart {
  @Column({ name: 'openstack_id', type: 'varchar', length: 64, nullable: true })
  openstackId!: string | null;

  @Column({ type: 'varchar', length: 16 })
  status!: LifecycleStatus;

  @Column({ type: 'json', nullable: true })
  fault!: FaultRecord | null;

  /** The task that changes it now, or changed it last: one that comes later waits for it. */
  @Column({ name: 'task_id', type: 'char', length: 36, nullable: true })
  taskId!: string | null;

  /** Neutron's, as last seen. */
  @Column({ name: 'revision_number', type: 'int', unsigned: true, nullable: true })
  revisionNumber!: number | null;

  @Column({ name: 'observed_at', type: 'datetime', precision: 6, nullable: true })
  observedAt!: Date | null;
}
