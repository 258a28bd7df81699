import type { SealedCredential } from '@ultron/cluster/credential/credential';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where the services of a cluster tell what they do (oslo.messaging over RabbitMQ), and how listening goes. */
@Entity('notification_source')
export class NotificationSource {
  @PrimaryColumn({ name: 'cluster_id', type: 'char', length: 36 })
  clusterId!: string;

  /** `amqp://user:password@host:port/vhost`, encrypted. */
  @Column({ name: 'sealed_url', type: 'json' })
  sealedUrl!: SealedCredential;

  /** The same without the password. */
  @Column({ name: 'shown_url', type: 'varchar', length: 255 })
  shownUrl!: string;

  @Column({ type: 'json' })
  exchanges!: string[];

  /** Routing keys: `notifications.info`, `versioned_notifications.*`. */
  @Column({ type: 'json' })
  topics!: string[];

  @Column({ type: 'boolean' })
  enabled!: boolean;

  @Column({ type: 'int', unsigned: true })
  version!: number;

  @Column({ name: 'updated_at', type: 'datetime', precision: 6 })
  updatedAt!: Date;

  @Column({ name: 'connected_since', type: 'datetime', precision: 6, nullable: true })
  connectedSince!: Date | null;

  @Column({ name: 'last_message_at', type: 'datetime', precision: 6, nullable: true })
  lastMessageAt!: Date | null;

  @Column({ type: 'bigint', unsigned: true })
  messages!: string;

  @Column({ name: 'last_error', type: 'varchar', length: 255, nullable: true })
  lastError!: string | null;

  /** The conductor that listens; another may once the time has passed. */
  @Column({ name: 'listened_by', type: 'char', length: 36, nullable: true })
  listenedBy!: string | null;

  @Column({ name: 'listened_until', type: 'datetime', precision: 6, nullable: true })
  listenedUntil!: Date | null;
}
