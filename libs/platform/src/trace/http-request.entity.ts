import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A request to the API, kept for a while so that its trace can be shown. */
@Entity('http_request')
export class HttpRequestEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' }) id!: number;
  @Column({ type: 'char', length: 32 }) trace_id!: string;
  @Column({ type: 'varchar', length: 8 }) method!: string;
  @Column({ type: 'varchar', length: 512 }) path!: string;
  @Column({ type: 'smallint' }) status!: number;
  @Column({ type: 'int' }) duration_ms!: number;
  @Column({ type: 'char', length: 36, nullable: true }) project_id!: string | null;
  @Column({ type: 'datetime', precision: 6 }) at!: Date;
}
