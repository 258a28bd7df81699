import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How many addresses the servers of a project may hold. */
@Entity('address_quota')
export class AddressQuota {
  @PrimaryColumn({ name: 'project_id', type: 'char', length: 36 })
  projectId!: string;

  /** Null: as many as the configuration says; the row is then only there to be locked. */
  @Column({ type: 'int', unsigned: true, nullable: true })
  addresses!: number | null;

  @Column({ name: 'updated_at', type: 'datetime', precision: 6 })
  updatedAt!: Date;
}
