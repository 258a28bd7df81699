import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ClusterNames } from '@ultron/cluster/cluster/cluster-names';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { LaneService, type LaneAction } from '@ultron/sync/lane/lane.service';
import type { LaneSort, LaneState } from '@ultron/sync/lane/lane-view.types';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { LaneActionBody, LaneBody, LaneDetail, LaneList, LaneQuery } from './lane.dto.js';
import { laneBody, passBody } from './lane.presenter.js';

const TAG = 'Syncs';

@Controller('v1/syncs')
export class LaneController {
  constructor(
    private readonly lanes: LaneService,
    private readonly clusters: ClusterNames,
    private readonly idempotency: Idempotency,
  ) {}

  @Get()
  @Operation({
    id: 'listSyncs',
    tag: TAG,
    summary: 'List what is kept in sync',
    description:
      'A lane for every kind of thing in every cluster: how far it is behind, who reads it, how its last passes went. ' +
      '`sort=fresh_at` shows those first that are furthest behind.',
    access: 'admin',
    replies: { 200: { shape: LaneList, description: 'A page of lanes.' } },
    problems: { 404: 'cluster_not_found' },
  })
  async list(@Query() query: LaneQuery): Promise<HttpReply> {
    const names = await this.clusters.all();
    const { cluster, kind, domain, tier, conductor_group: conductorGroup, owner_id: ownerId } = query;
    const clusterId = cluster === undefined ? undefined : await this.clusters.idOf(cluster);
    const state = query.state as LaneState | undefined;
    const filter = { clusterId, kind, domain, tier, conductorGroup, ownerId, state };
    return listReply({
      path: '/v1/syncs',
      name: 'syncs',
      query,
      defaultSort: 'id',
      shape: LaneBody,
      find: async (page) =>
        (await this.lanes.list(filter, page)).map((lane) => laneBody(lane, names.nameOf(lane.clusterId))),
      idOf: (lane) => lane.id,
      sortValue: (lane, sort: LaneSort) => (sort === 'id' ? null : milliseconds(lane.fresh_at)),
    });
  }

  @Get(':cluster_id/:kind')
  @Operation({
    id: 'getSync',
    tag: TAG,
    summary: 'Show a lane and its last passes',
    access: 'admin',
    replies: { 200: { shape: LaneDetail, description: 'It.' } },
    problems: { 404: 'lane_not_found' },
  })
  async get(@PathId('cluster_id') clusterId: string, @Param('kind') kind: string): Promise<LaneDetail> {
    const names = await this.clusters.all();
    const { lane, passes } = await this.lanes.get({ clusterId, kind });
    return { sync: laneBody(lane, names.nameOf(clusterId)), passes: passes.map(passBody) };
  }

  @Post(':cluster_id/:kind/actions')
  @HttpCode(200)
  @Operation({
    id: 'actOnSync',
    tag: TAG,
    summary: 'Read a lane now, pause or resume it, or release its brake',
    description:
      'The conductor that owns the lane takes it up within a quarter of a second; the lane shows what came of it.',
    access: 'admin',
    replies: { 200: { shape: LaneBody, description: 'The lane.' } },
    problems: { 404: 'lane_not_found', 409: ['lane_at_rest', 'brake_not_on'] },
    bodyExample: { action: 'run_now', mode: 'full' },
  })
  async act(
    @PathId('cluster_id') clusterId: string,
    @Param('kind') kind: string,
    @Body() body: LaneActionBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const names = await this.clusters.all();
    const reply = await this.idempotency.run(claim, async (tx) => {
      const lane = await this.lanes.act(tx, { clusterId, kind }, actionOf(body));
      return ok(laneBody(lane, names.nameOf(clusterId)));
    });
    return HttpReply.from(reply);
  }
}

const actionOf = ({ action, mode = 'full' }: LaneActionBody): LaneAction =>
  action === 'run_now' ? { action, mode } : { action };

const milliseconds = (time: string | null): number => (time === null ? 0 : Date.parse(time));
