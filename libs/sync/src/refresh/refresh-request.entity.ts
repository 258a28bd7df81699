import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody wants an object, or a whole lane (empty id), to be read now. */
@Entity('refresh_request')
export class RefreshRequestEntity {
  @PrimaryColumn({ type: 'char', length: 36 }) cluster_id!: string;
  @PrimaryColumn({ type: 'varchar', length: 32 }) kind!: string;
  @PrimaryColumn({ type: 'varchar', length: 255 }) object_id!: string;
  @Column({ type: 'tinyint' }) pending!: 0 | 1;
  /** Somebody waits for it, and so does not leave it to the offline budget of the cluster. */
  @Column({ type: 'tinyint' }) waited_for!: 0 | 1;
  @Column({ type: 'datetime', precision: 6 }) wanted_at!: Date;
  @Column({ type: 'datetime', precision: 6, nullable: true }) served_at!: Date | null;
  @Column({ type: 'varchar', length: 16, nullable: true }) outcome!: string | null;
  @Column({ type: 'json', nullable: true }) fault!: unknown;
}
