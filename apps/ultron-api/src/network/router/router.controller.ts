import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Query } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { projectToReadIn, projectToWriteIn } from '@ultron/identity/caller/caller.rules';
import type { RouterSort } from '@ultron/network/router/router.repository';
import { RouterService, type RouterChange } from '@ultron/network/router/router.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { FreshQuery } from '../../freshness/fresh.query.js';
import { FreshnessReader } from '../../freshness/freshness.reader.js';
import { CurrentCaller } from '../../http/auth/current.caller.js';
import { Operation } from '../../http/operation/operation.decorator.js';
import { listReply } from '../../http/paging/page.reply.js';
import { PathId } from '../../http/path.id.js';
import { etagOf } from '../../http/reply/etag.js';
import { HttpReply, ok } from '../../http/reply/http.reply.js';
import { IdempotencyKey } from '../../http/reply/idempotency-key.js';
import { dateOf } from '../lifecycle.dto.js';
import { NetworkChanges, type Shown } from '../network.changes.js';
import {
  RouterAccepted,
  RouterBody,
  RouterCreateBody,
  RouterInterfaceCreateBody,
  RouterList,
  RouterPatchBody,
  RouterPlanned,
  RouterQuery,
  routerView,
} from './router.dto.js';

const TAG = 'Routers';
/** What of it comes from clusters: its legs are ports. */
const SHOWN_KINDS = ['router', 'port'] as const;

@Controller('v1/routers')
export class RouterController {
  constructor(
    private readonly routers: RouterService,
    private readonly changes: NetworkChanges,
    private readonly freshness: FreshnessReader,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation({
    id: 'createRouter',
    tag: TAG,
    summary: 'Create a router for subnets of a VPC',
    description:
      'Each cluster that has a segment of an attached subnet gets a router of its own; one that gets a segment later ' +
      'gets it then. A cluster that cannot have it is named, and nothing is done.',
    replies: {
      200: { shape: RouterPlanned, description: 'With `dry_run`: the router as it would be.' },
      201: { shape: RouterAccepted, description: 'No cluster is to have it yet: it is only written down.' },
      202: { shape: RouterAccepted, description: 'The router, and the task that makes it in its clusters.' },
    },
    problems: { 409: 'subnet_has_router', 422: 'router_needs_routed_vpc' },
    bodyExample: {
      vpc: 'prod',
      name: 'edge',
      external_network: 'public',
      subnets: ['01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b'],
    },
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() body: RouterCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const wish = {
      projectId: projectToWriteIn(caller, body.project_id),
      vpc: body.vpc,
      name: body.name ?? '',
      description: body.description ?? '',
      adminStateUp: body.admin_state_up ?? true,
      externalNetwork: body.external_network ?? null,
      enableSnat: body.enable_snat ?? null,
      subnetIds: body.subnets ?? [],
    };
    const work = (tx: Transaction) => this.routers.create(tx, wish, this.changes.originOf(caller));
    if (body.dry_run) return this.changes.plan(work, planned);
    return this.changes.run(claim, work, (made) => shown(made, 201));
  }

  @Get()
  @Operation({
    id: 'listRouters',
    tag: TAG,
    summary: 'List routers',
    description: 'Those that are gone are left out unless `status=deleted` asks for them.',
    replies: { 200: { shape: RouterList, description: 'A page of routers.' } },
  })
  async list(@CurrentCaller() caller: Caller, @Query() query: RouterQuery): Promise<HttpReply> {
    const filter = {
      projectId: projectToReadIn(caller, query.project_id),
      name: query.name,
      status: query.status,
      vpcId: query.vpc_id,
      createdAfter: dateOf(query.created_after),
      createdBefore: dateOf(query.created_before),
    };
    return this.freshness.answer(SHOWN_KINDS, query.fresh, async () => {
      let found: RouterBody[] = [];
      const reply = await listReply<RouterBody, RouterSort>({
        path: '/v1/routers',
        name: 'routers',
        query,
        defaultSort: '-created_at',
        shape: RouterBody,
        find: async (page) => (found = (await this.routers.list(filter, page)).map(routerView)),
        sortValue: (router, sort) => (sort === 'name' ? router.name : null),
      });
      return { reply, clusters: found.flatMap(clustersOf) };
    });
  }

  @Get(':id')
  @Operation({
    id: 'getRouter',
    tag: TAG,
    summary: 'Show a router',
    replies: { 200: { shape: RouterBody, description: 'The router, cluster by cluster.' } },
    problems: { 404: 'router_not_found' },
  })
  async get(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Query() { fresh }: FreshQuery,
  ): Promise<HttpReply> {
    return this.freshness.answer(SHOWN_KINDS, fresh, async () => {
      const router = routerView(await this.routers.get(id, projectToReadIn(caller)));
      return { reply: ok(router, { etag: etagOf(router.version) }), clusters: clustersOf(router) };
    });
  }

  @Patch(':id')
  @HttpCode(202)
  @Operation({
    id: 'updateRouter',
    tag: TAG,
    summary: 'Change a router',
    description:
      'Its name, state and external gateway. Each cluster is told by a task of its own; one that refuses keeps what ' +
      'it had and is shown with its fault. An empty change tells all clusters anew.',
    conditional: true,
    replies: {
      200: { shape: RouterAccepted, description: 'No cluster has it: there is nothing to be done.' },
      202: { shape: RouterAccepted, description: 'The router as it is to be, and the task.' },
    },
    problems: { 404: 'router_not_found', 409: 'router_in_use', 422: 'external_network_missing' },
  })
  async update(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: RouterPatchBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    const patch = {
      name: body.name,
      description: body.description,
      adminStateUp: body.admin_state_up,
      externalNetwork: body.external_network,
      enableSnat: body.enable_snat,
    };
    return this.changes.change(
      caller,
      ifMatch,
      (tx, origin, check) => this.routers.update(tx, id, patch, origin, check),
      shown,
    );
  }

  @Post(':id/interfaces')
  @HttpCode(202)
  @Operation({
    id: 'addRouterInterface',
    tag: TAG,
    summary: 'Attach a subnet to a router',
    description:
      'Each segment of the subnet, in every cluster, gets its gateway at the router of its cluster.',
    replies: {
      200: { shape: RouterPlanned, description: 'With `dry_run`: the router as it would be.' },
      201: { shape: RouterAccepted, description: 'No cluster has a segment of it yet.' },
      202: { shape: RouterAccepted, description: 'The router as it is to be, and the task.' },
    },
    problems: { 404: 'router_not_found', 409: 'subnet_has_router' },
  })
  async attach(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: RouterInterfaceCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const origin = this.changes.originOf(caller);
    const work = (tx: Transaction) => this.routers.attach(tx, id, body.subnet_id, origin);
    if (body.dry_run) return this.changes.plan(work, planned);
    return this.changes.run(claim, work, (made) => shown(made, 201));
  }

  @Delete(':id/interfaces/:subnet_id')
  @HttpCode(202)
  @Operation({
    id: 'removeRouterInterface',
    tag: TAG,
    summary: 'Detach a subnet from a router',
    description: 'Refused while floating IPs lead into the subnet.',
    conditional: true,
    replies: {
      200: { shape: RouterAccepted, description: 'No cluster had it: there is nothing to be done.' },
      202: { shape: RouterAccepted, description: 'The router as it is to be, and the task.' },
    },
    problems: { 404: 'router_interface_not_found', 409: 'router_in_use' },
  })
  async detach(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @PathId('subnet_id') subnetId: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    return this.changes.change(
      caller,
      ifMatch,
      (tx, origin, check) => this.routers.detach(tx, id, subnetId, origin, check),
      shown,
    );
  }

  @Delete(':id')
  @HttpCode(202)
  @Operation({
    id: 'deleteRouter',
    tag: TAG,
    summary: 'Delete a router',
    description: 'With its interfaces, in all its clusters. Refused while floating IPs lead through it.',
    conditional: true,
    replies: {
      200: { shape: RouterAccepted, description: 'No cluster had it: it is gone.' },
      202: { shape: RouterAccepted, description: 'The router and the task.' },
    },
    problems: { 404: 'router_not_found', 409: 'router_in_use' },
  })
  async delete(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    return this.changes.change(
      caller,
      ifMatch,
      (tx, origin, check) => this.routers.delete(tx, id, origin, check),
      shown,
    );
  }
}

const clustersOf = ({ clusters }: RouterBody) => clusters.map(({ cluster_id: id }) => ({ id }));

const planned = ({ router }: RouterChange) => ({ router: routerView(router) });

const shown = ({ router }: RouterChange, withoutTask: 200 | 201 = 200): Shown => ({
  path: '/v1/routers',
  name: 'router',
  body: routerView(router),
  withoutTask,
});
