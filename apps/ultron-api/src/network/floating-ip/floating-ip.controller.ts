import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Query } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { projectToReadIn, projectToWriteIn } from '@ultron/identity/caller/caller.rules';
import type { FloatingIpSort } from '@ultron/network/floating-ip/floating-ip.repository';
import { FloatingIpService, type FloatingIpChange } from '@ultron/network/floating-ip/floating-ip.service';
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
  FloatingIpAccepted,
  FloatingIpBody,
  FloatingIpCreateBody,
  FloatingIpList,
  FloatingIpPatchBody,
  FloatingIpPlanned,
  FloatingIpQuery,
  floatingIpView,
} from './floating-ip.dto.js';

const TAG = 'Floating IPs';

@Controller('v1/floating_ips')
export class FloatingIpController {
  constructor(
    private readonly floatingIps: FloatingIpService,
    private readonly changes: NetworkChanges,
    private readonly freshness: FreshnessReader,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation({
    id: 'createFloatingIp',
    tag: TAG,
    summary: 'Allocate a floating IP',
    description:
      'An address of an external network in one cluster. With `port_id` it leads there, if a router of the port’s ' +
      'subnet has its gateway in that network; a floating IP leads to ports of its own cluster only.',
    replies: {
      200: { shape: FloatingIpPlanned, description: 'With `dry_run`: the floating IP as it would be.' },
      202: { shape: FloatingIpAccepted, description: 'The floating IP, and the task that allocates it.' },
    },
    problems: {
      409: 'floating_ip_no_path',
      422: 'floating_ip_other_cluster',
      507: 'network_no_cluster_fits',
    },
    bodyExample: { network: 'public', port_id: '01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b' },
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() body: FloatingIpCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const wish = {
      projectId: projectToWriteIn(caller, body.project_id),
      network: body.network,
      cluster: body.cluster,
      description: body.description ?? '',
      portId: body.port_id ?? null,
      fixedIpAddress: body.fixed_ip_address ?? null,
      qosPolicyId: body.qos_policy_id ?? null,
    };
    const work = (tx: Transaction) => this.floatingIps.create(tx, wish, this.changes.originOf(caller));
    if (body.dry_run)
      return this.changes.plan(work, ({ floatingIp }) => ({ floating_ip: floatingIpView(floatingIp) }));
    return this.changes.run(claim, work, shown);
  }

  @Get()
  @Operation({
    id: 'listFloatingIps',
    tag: TAG,
    summary: 'List floating IPs',
    description: 'Those that are released are left out unless `status=deleted` asks for them.',
    replies: { 200: { shape: FloatingIpList, description: 'A page of floating IPs.' } },
  })
  async list(@CurrentCaller() caller: Caller, @Query() query: FloatingIpQuery): Promise<HttpReply> {
    const filter = {
      projectId: projectToReadIn(caller, query.project_id),
      status: query.status,
      clusterId: query.cluster_id,
      networkId: query.network_id,
      portId: query.port_id,
      address: query.address,
      qosPolicyId: query.qos_policy_id,
      createdAfter: dateOf(query.created_after),
      createdBefore: dateOf(query.created_before),
    };
    return this.freshness.answer(['floating_ip'], query.fresh, async () => {
      let found: FloatingIpBody[] = [];
      const reply = await listReply<FloatingIpBody, FloatingIpSort>({
        path: '/v1/floating_ips',
        name: 'floating_ips',
        query,
        defaultSort: '-created_at',
        shape: FloatingIpBody,
        find: async (page) => (found = (await this.floatingIps.list(filter, page)).map(floatingIpView)),
        sortValue: () => null,
      });
      return { reply, clusters: found.map((one) => ({ id: one.cluster_id })) };
    });
  }

  @Get(':id')
  @Operation({
    id: 'getFloatingIp',
    tag: TAG,
    summary: 'Show a floating IP',
    replies: { 200: { shape: FloatingIpBody, description: 'The floating IP.' } },
    problems: { 404: 'floating_ip_not_found' },
  })
  async get(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Query() { fresh }: FreshQuery,
  ): Promise<HttpReply> {
    return this.freshness.answer(['floating_ip'], fresh, async () => {
      const ip = await this.floatingIps.get(id, projectToReadIn(caller));
      const reply = ok(floatingIpView(ip), { etag: etagOf(ip.version) });
      return { reply, clusters: [{ id: ip.clusterId }], object: ip.openstackId };
    });
  }

  @Patch(':id')
  @HttpCode(202)
  @Operation({
    id: 'updateFloatingIp',
    tag: TAG,
    summary: 'Lead a floating IP to a port, to another one, or nowhere',
    description: 'What its cluster refuses is taken back, and `fault` says why.',
    conditional: true,
    replies: {
      202: { shape: FloatingIpAccepted, description: 'The floating IP as it is to be, and the task.' },
    },
    problems: {
      404: 'floating_ip_not_found',
      409: 'floating_ip_port_taken',
      422: 'floating_ip_other_cluster',
    },
  })
  async update(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: FloatingIpPatchBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    const patch = {
      portId: body.port_id,
      fixedIpAddress: body.fixed_ip_address,
      qosPolicyId: body.qos_policy_id,
      description: body.description,
    };
    return this.changes.change(
      caller,
      ifMatch,
      (tx, origin, check) => this.floatingIps.update(tx, id, patch, origin, check),
      shown,
    );
  }

  @Delete(':id')
  @HttpCode(202)
  @Operation({
    id: 'deleteFloatingIp',
    tag: TAG,
    summary: 'Release a floating IP',
    description: 'Wherever it leads. Its cluster may give the address to others at once.',
    conditional: true,
    replies: { 202: { shape: FloatingIpAccepted, description: 'The floating IP and the task.' } },
    problems: { 404: 'floating_ip_not_found' },
  })
  async delete(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    return this.changes.change(
      caller,
      ifMatch,
      (tx, origin, check) => this.floatingIps.delete(tx, id, origin, check),
      shown,
    );
  }
}

const shown = ({ floatingIp }: FloatingIpChange): Shown => ({
  path: '/v1/floating_ips',
  name: 'floating_ip',
  body: floatingIpView(floatingIp),
  withoutTask: 200,
});
