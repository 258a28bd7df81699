import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { NotificationSourceService } from '@ultron/reconcile/notification-source/notification-source.service';
import { withoutUndefined } from '../http/field/without-undefined.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { checkIfMatch, etagOf } from '../http/reply/etag.js';
import { created, HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import {
  NotificationSourceBody,
  NotificationSourcePage,
  NotificationSourcePatchBody,
  NotificationSourceQuery,
  notificationSourceView,
  NotificationSourceView,
} from './notification-source.dto.js';

const TAG = 'Notifications';
const EXCHANGES = ['nova', 'neutron', 'glance'];
const TOPICS = ['notifications.info', 'versioned_notifications.*'];

@Controller('v1/notification_sources')
export class NotificationSourceController {
  constructor(
    private readonly sources: NotificationSourceService,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Operation({
    id: 'putNotificationSource',
    tag: TAG,
    summary: 'Listen to what the services of a cluster tell',
    description:
      'What they tell is read sooner, and nothing else: losing all of it costs latency only. A cluster has one such ' +
      'source; asking again changes it.',
    access: 'admin',
    conditional: true,
    replies: {
      200: { shape: NotificationSourceView, description: 'There was one, and it was changed.' },
      201: { shape: NotificationSourceView, description: 'The source; a conductor listens within seconds.' },
    },
    problems: { 404: 'cluster_not_found', 422: 'notification_url_invalid' },
  })
  async put(
    @Body() body: NotificationSourceBody,
    @Headers('if-match') ifMatch: string | undefined,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const { cluster, url, exchanges = EXCHANGES, topics = TOPICS, enabled = true } = body;
    const reply = await this.idempotency.run(claim, async (tx) => {
      const wish = { cluster, url, exchanges, topics, enabled };
      const put = await this.sources.put(tx, wish, (version) => checkIfMatch(ifMatch, version));
      const [view, etag] = [notificationSourceView(put.source), { etag: etagOf(put.source.version) }];
      return put.created
        ? created(`/v1/notification_sources/${view.cluster_id}`, view, etag)
        : ok(view, etag);
    });
    return HttpReply.from(reply);
  }

  @Get()
  @Operation({
    id: 'listNotificationSources',
    tag: TAG,
    summary: 'List to which clusters conductors listen, and how that goes',
    access: 'admin',
    replies: { 200: { shape: NotificationSourcePage, description: 'A page of sources.' } },
  })
  async list(@Query() query: NotificationSourceQuery): Promise<HttpReply> {
    return listReply<NotificationSourceView, 'cluster_id'>({
      path: '/v1/notification_sources',
      name: 'notification_sources',
      query,
      defaultSort: 'cluster_id',
      shape: NotificationSourceView,
      find: async (page) => (await this.sources.list(page)).map(notificationSourceView),
      sortValue: () => null,
      idOf: (source) => source.cluster_id,
    });
  }

  @Get(':id')
  @Operation({
    id: 'getNotificationSource',
    tag: TAG,
    summary: 'Show how listening to a cluster goes',
    access: 'admin',
    replies: { 200: { shape: NotificationSourceView, description: 'The source.' } },
    problems: { 404: 'notification_source_not_found' },
  })
  async get(@PathId() id: string): Promise<HttpReply> {
    const source = await this.sources.get(id);
    return ok(notificationSourceView(source), { etag: etagOf(source.version) });
  }

  @Patch(':id')
  @Operation({
    id: 'updateNotificationSource',
    tag: TAG,
    summary: 'Change to what is listened, or whether at all',
    description: 'The address stays as it is: a new one is given with POST.',
    access: 'admin',
    conditional: true,
    replies: { 200: { shape: NotificationSourceView, description: 'The source as it is now.' } },
    problems: { 404: 'notification_source_not_found' },
    bodyExample: { enabled: false },
  })
  async update(
    @PathId() id: string,
    @Body() body: NotificationSourcePatchBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    const source = await this.database.transaction((tx) =>
      this.sources.change(tx, id, withoutUndefined(body), (version) => checkIfMatch(ifMatch, version)),
    );
    return ok(notificationSourceView(source), { etag: etagOf(source.version) });
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation({
    id: 'deleteNotificationSource',
    tag: TAG,
    summary: 'Listen to a cluster no more',
    access: 'admin',
    conditional: true,
    replies: { 204: { description: 'Nobody listens any more.' } },
    problems: { 404: 'notification_source_not_found' },
  })
  async delete(@PathId() id: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    await this.database.transaction((tx) =>
      this.sources.remove(tx, id, (version) => checkIfMatch(ifMatch, version)),
    );
  }
}
