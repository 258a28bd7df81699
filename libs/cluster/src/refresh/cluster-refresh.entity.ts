import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When a cluster is to be looked at again; whoever moves `dueAt` on does it. */
@Entity('cluster_refresh')
export class ClusterRefresh {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @Column({ name: 'due_at', type: 'datetime', precision: 6 })
  dueAt!: Date;

  @Column({ name: 'inventory_due_at', type: 'datetime', precision: 6 })
  inventoryDueAt!: Date;
}
