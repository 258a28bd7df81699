import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A public key of a project; a cluster gets it when the first server there needs it. */
@Entity('key_pair')
export class KeyPair {
  @PrimaryColumn({ type: 'char', length: 36 })
  id!: string;

  @Column({ name: 'project_id', type: 'char', length: 36 })
  projectId!: string;

  @Column({ type: 'varchar', length: 255 })
  name!: string;

  @Column({ type: 'varchar', length: 16 })
  type!: string;

  @Column({ name: 'public_key', type: 'text' })
  publicKey!: string;

  @Column({ type: 'varchar', length: 64 })
  fingerprint!: string;

  @Column({ name: 'created_at', type: 'datetime', precision: 6 })
  createdAt!: Date;
}
