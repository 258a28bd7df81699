import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A logical flavor: one name and one size, whatever id the clusters give theirs. */
@Entity('flavor')
export class Flavor {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ type: 'varchar', length: 255 })
  name!: string;

  @Column({ type: 'int' })
  vcpus!: number;

  @Column({ name: 'ram_mb', type: 'int' })
  ramMb!: number;

  @Column({ name: 'disk_gb', type: 'int' })
  diskGb!: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
