import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One pass over a lane that did something worth remembering; the last few of each lane are kept. */
@Entity('sync_pass')
export class SyncPassEntity {
  @PrimaryColumn({ type: 'char', length: 36 }) cluster_id!: string;
  @PrimaryColumn({ type: 'varchar', length: 32 }) kind!: string;
  @PrimaryColumn({ type: 'bigint' }) number!: string;
  @Column({ type: 'varchar', length: 16 }) mode!: string;
  @Column({ type: 'char', length: 36 }) conductor_id!: string;
  @Column({ type: 'int' }) epoch!: number;
  @Column({ type: 'datetime', precision: 6 }) started_at!: Date;
  @Column({ type: 'datetime', precision: 6 }) finished_at!: Date;
  @Column({ type: 'varchar', length: 16 }) outcome!: string;
  @Column({ type: 'int' }) pages!: number;
  @Column({ type: 'int' }) seen_count!: number;
  @Column({ type: 'int' }) written_count!: number;
  @Column({ type: 'int' }) missing_count!: number;
  @Column({ type: 'int' }) gone_count!: number;
  @Column({ type: 'json', nullable: true }) fault!: unknown;
}
