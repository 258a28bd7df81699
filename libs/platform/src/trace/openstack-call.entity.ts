import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A call to a cluster, kept for a while so that its trace can be shown and its logs there can be found. */
@Entity('openstack_call')
export class OpenStackCallEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' }) id!: number;
  @Column({ type: 'char', length: 32 }) trace_id!: string;
  @Column({ type: 'char', length: 36, nullable: true }) task_id!: string | null;
  @Column({ type: 'varchar', length: 64, nullable: true }) step!: string | null;
  @Column({ type: 'char', length: 36, nullable: true }) cluster_id!: string | null;
  @Column({ type: 'varchar', length: 32 }) service!: string;
  @Column({ type: 'varchar', length: 8 }) method!: string;
  @Column({ type: 'varchar', length: 512 }) path!: string;
  /** Null when there was no answer. */
  @Column({ type: 'smallint', nullable: true }) status!: number | null;
  @Column({ type: 'int' }) duration_ms!: number;
  @Column({ type: 'int' }) bytes!: number;
  /** The request id that OpenStack gave to the call. */
  @Column({ type: 'varchar', length: 64, nullable: true }) request_id!: string | null;
  @Column({ type: 'varchar', length: 255, nullable: true }) error!: string | null;
  @Column({ type: 'datetime', precision: 6 }) at!: Date;
}
