import type { NotificationSource } from '@ultron/reconcile/notification-source/notification-source.entity';
import { Bool, Id, Integer, Parts, Text, Texts, Time } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';

/** What is left out stays as it is. */
export class NotificationSourcePatchBody {
  @Texts({
    description: 'The exchanges of the services (`control_exchange`).',
    optional: true,
    min: 1,
    max: 20,
    example: ['nova', 'neutron', 'glance'],
  })
  exchanges?: string[];

  @Texts({
    description: 'Routing keys.',
    optional: true,
    min: 1,
    max: 20,
    example: ['notifications.info', 'versioned_notifications.*'],
  })
  topics?: string[];

  @Bool({ description: '`false`: nobody listens.', optional: true, example: true })
  enabled?: boolean;
}

export class NotificationSourceBody extends NotificationSourcePatchBody {
  @Text({ description: 'The cluster: name or id.', example: 'east-1' })
  cluster!: string;

  @Text({
    description:
      'The broker, as conductors of the group reach it; kept encrypted, its password is never shown.',
    example: 'amqp://ultron:a-long-secret@broker.east.example.com:5672/openstack',
    max: 200,
  })
  url!: string;
}

export class NotificationSourceQuery extends PageQuery {
  @SortBy(['cluster_id'])
  sort?: string;
}

export class NotificationSourceView {
  @Id({ description: 'The cluster.' })
  cluster_id!: string;

  @Text({
    description: 'The broker, without its password.',
    example: 'amqp://ultron:***@broker:5672/openstack',
  })
  url!: string;

  @Texts({ description: 'The exchanges of the services.', example: ['nova'] })
  exchanges!: string[];

  @Texts({ description: 'Routing keys.', example: ['notifications.info'] })
  topics!: string[];

  @Bool({ description: 'Whether a conductor is to listen.' })
  enabled!: boolean;

  @Time({ description: 'Since when a conductor is connected; null: none is.', nullable: true })
  connected_since!: string | null;

  @Time({ description: 'When the cluster was heard last.', nullable: true })
  last_message_at!: string | null;

  @Integer({ description: 'Notifications that were heard.', example: 4711 })
  messages!: number;

  @Text({ description: 'What is wrong, if anything is.', nullable: true, example: null })
  last_error!: string | null;

  @Id({ description: 'The conductor that listens.', nullable: true })
  listened_by!: string | null;

  @Integer({ description: 'Raised by every change; the entity tag.', example: 1 })
  version!: number;
}

export class NotificationSourcePage {
  @Parts(() => NotificationSourceView, { description: 'The sources of this page.', max: 1000 })
  notification_sources!: NotificationSourceView[];

  @NextLink()
  next!: string | null;
}

export const notificationSourceView = (row: NotificationSource): NotificationSourceView => ({
  cluster_id: row.clusterId,
  url: row.shownUrl,
  exchanges: row.exchanges,
  topics: row.topics,
  enabled: Boolean(row.enabled),
  connected_since: row.connectedSince?.toISOString() ?? null,
  last_message_at: row.lastMessageAt?.toISOString() ?? null,
  messages: Number(row.messages),
  last_error: row.lastError,
  listened_by: row.listenedBy,
  version: row.version,
});
