import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A cluster that does not answer, as the conductor sees it that owns lanes of it. */
@Entity('open_circuit')
export class OpenCircuitEntity {
  @PrimaryColumn({ type: 'char', length: 36 }) cluster_id!: string;
  @PrimaryColumn({ type: 'char', length: 36 }) conductor_id!: string;
  @Column({ type: 'datetime', precision: 6 }) opened_at!: Date;
  @Column({ type: 'datetime', precision: 6 }) next_try_at!: Date;
}
