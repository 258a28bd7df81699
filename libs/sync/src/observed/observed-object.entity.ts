import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An object of a cluster as it was last seen, whoever made it. Lanes write it, and nobody else. */
@Entity('observed_object')
export class ObservedObjectEntity {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  @PrimaryColumn({ type: 'varchar', length: 32 })
  kind!: string;

  @PrimaryColumn({ name: 'openstack_id', type: 'varchar', length: 255 })
  openstackId!: string;

  @Column({ type: 'varchar', length: 255, nullable: true })
  name!: string | null;

  /** OpenStack's project, not ours. */
  @Column({ name: 'project_openstack_id', type: 'varchar', length: 64, nullable: true })
  projectOpenstackId!: string | null;

  @Column({ type: 'varchar', length: 32, nullable: true })
  status!: string | null;

  /** What it hangs on: the server of a port, the network of a subnet. */
  @Column({ name: 'parent_id', type: 'varchar', length: 255, nullable: true })
  parentId!: string | null;

  /** Neutron's, for `If-Match`. */
  @Column({ type: 'int', unsigned: true, nullable: true })
  revision!: number | null;

  @Column({ type: 'json' })
  fields!: Record<string, unknown>;

  /** Of all that was observed: what is the same is not written again. */
  @Column({ type: 'binary', length: 16 })
  hash!: Buffer;

  /** By the cluster's own account. */
  @Column({ name: 'updated_at', type: 'datetime', precision: 6, nullable: true })
  updatedAt!: Date | null;

  /** When the present content was first seen; how fresh it is, the lane's last pass says. */
  @Column({ name: 'observed_at', type: 'datetime', precision: 6 })
  observedAt!: Date;

  @Column({ name: 'first_seen_at', type: 'datetime', precision: 6 })
  firstSeenAt!: Date;

  /** Since the first complete pass that did not meet it. */
  @Column({ name: 'missing_since', type: 'datetime', precision: 6, nullable: true })
  missingSince!: Date | null;

  /** How often it was asked for by its id since then, and not found. */
  @Column({ name: 'not_found', type: 'int', unsigned: true })
  notFound!: number;

  /** When the cluster said, asked by its id, that there is no such object. */
  @Column({ name: 'gone_at', type: 'datetime', precision: 6, nullable: true })
  goneAt!: Date | null;

  /** When it was last asked for by its id as something missing, whatever came of it. */
  @Column({ name: 'asked_at', type: 'datetime', precision: 6, nullable: true })
  askedAt!: Date | null;

  /** When a lane last wrote anything of it: the content, or that it was missing, asked for or there again. */
  @Column({ name: 'written_at', type: 'datetime', precision: 6, nullable: true })
  writtenAt!: Date | null;
}
