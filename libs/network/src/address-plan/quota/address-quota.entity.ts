import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How many addresses the servers of a project may hold. */
@Entity('address_quota')
export class AddressQuota {
  @PrimaryColumn({ name: 'project_id', type: 'char', length: 36 })
  projectId!: string;

  @Column({ type: 'int', unsigned: true })
  addresses!: number;

  @Column({ name: 'updated_at', type: 'datetime', precision: 6 })
  updatedAt!: Date;
}
