import { Controller, Get, Param, Query } from '@nestjs/common';
import { ClusterService } from '@ultron/cluster/cluster/cluster.service';
import { Fault } from '@ultron/kernel/fault';
import { Database } from '@ultron/platform/database/database.service';
import { ObservedReader } from '@ultron/sync/observed/observed.reader';
import { FreshQuery } from '../freshness/fresh.query.js';
import { FreshnessReader } from '../freshness/freshness.reader.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { type HttpReply, ok } from '../http/reply/http.reply.js';
import { ObservedObjectBody, ObservedObjectList, ObservedObjectQuery } from './observed-object.dto.js';
import { objectBody } from './observed-object.presenter.js';

/** What is in the clusters, whoever made it. */
@Controller('v1/clusters/:id/objects')
export class ObservedObjectController {
  constructor(
    private readonly clusters: ClusterService,
    private readonly database: Database,
    private readonly objects: ObservedReader,
    private readonly freshness: FreshnessReader,
  ) {}

  @Get()
  @Operation({
    id: 'listClusterObjects',
    tag: 'Clusters',
    summary: 'List what is in a cluster, whoever made it',
    description:
      'As the cluster showed it last: servers, ports, networks and so on of all its projects, with what Ultron keeps ' +
      'of each. `X-Ultron-Stale` names the cluster when this is older than its tier promises.',
    access: 'admin',
    replies: { 200: { shape: ObservedObjectList, description: 'A page of objects.' } },
    problems: { 404: 'cluster_not_found' },
  })
  async list(@PathId() id: string, @Query() query: ObservedObjectQuery): Promise<HttpReply> {
    const { name } = await this.clusters.get(id);
    return this.freshness.answer([query.kind], query.fresh, async () => ({
      reply: await this.page(id, query),
      clusters: [{ id, name }],
    }));
  }

  @Get(':kind/:object_id')
  @Operation({
    id: 'getClusterObject',
    tag: 'Clusters',
    summary: 'Show one object of a cluster, whoever made it',
    description: 'Also when it is gone, for ninety days.',
    access: 'admin',
    replies: { 200: { shape: ObservedObjectBody, description: 'The object.' } },
    problems: { 404: 'object_not_found' },
  })
  async get(
    @PathId() id: string,
    @Param('kind') kind: string,
    @Param('object_id') objectId: string,
    @Query() { fresh }: FreshQuery,
  ): Promise<HttpReply> {
    const { name } = await this.clusters.get(id);
    const reply = await this.freshness.answer([kind], fresh, async () => {
      const [lane] = await this.freshness.of([kind], [id]);
      const object = await this.objects.find(this.database.read, { clusterId: id, kind }, objectId);
      const body = object && objectBody(object, lane?.freshAt ?? null);
      return { reply: ok(body), clusters: [{ id, name }], object: objectId };
    });
    if (reply.body === null) throw notFound(kind, objectId);
    return reply;
  }

  private async page(id: string, query: ObservedObjectQuery): Promise<HttpReply> {
    const { kind, name, status, project, parent, presence, observed_after: after } = query;
    const [lane] = await this.freshness.of([kind], [id]);
    const filter = {
      clusterId: id,
      kind,
      name,
      status,
      projectId: project,
      parentId: parent,
      presence,
      observedSince: after === undefined ? undefined : new Date(after),
    };
    return listReply({
      path: `/v1/clusters/${id}/objects`,
      name: 'objects',
      query,
      defaultSort: 'id',
      shape: ObservedObjectBody,
      find: async (page) => {
        const found = await this.objects.list(this.database.read, filter, page);
        return found.map((object) => objectBody(object, lane?.freshAt ?? null));
      },
      sortValue: () => null,
    });
  }
}

const notFound = (kind: string, id: string): Fault =>
  new Fault({
    code: 'object_not_found',
    category: 'not_found',
    detail: `No ${kind.slice(0, 32)} ${id.slice(0, 255)} was seen in this cluster.`,
  });
