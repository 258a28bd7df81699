import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Query } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { projectToReadIn, projectToWriteIn } from '@ultron/identity/caller/caller.rules';
import type { PortSort } from '@ultron/network/port/port.repository';
import { PortService, type PortChange, type PortWish } from '@ultron/network/port/port.service';
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
  NetworkPortBody,
  NetworkPortList,
  PortAccepted,
  PortCreateBody,
  PortPatchBody,
  PortPlanned,
  PortQuery,
  portView,
} from './port.dto.js';

const TAG = 'Ports';

@Controller('v1/ports')
export class PortController {
  constructor(
    private readonly ports: PortService,
    private readonly changes: NetworkChanges,
    private readonly freshness: FreshnessReader,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation({
    id: 'createPort',
    tag: TAG,
    summary: 'Create a port',
    description:
      'On a network, in a VPC, or in a subnet of one. In a VPC its address is reserved at once, and shown. A cluster ' +
      'that cannot do what is asked for is passed over; when none is left the problem says why, cluster by cluster.',
    replies: {
      200: { shape: PortPlanned, description: 'With `dry_run`: the port as it would be.' },
      202: { shape: PortAccepted, description: 'The port, and the task that makes it.' },
    },
    problems: {
      409: 'fixed_address_taken',
      422: 'fixed_address_outside',
      507: 'network_no_cluster_fits',
    },
    bodyExample: { subnet: '01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b', name: 'front' },
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() body: PortCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const wish = wishOf(body, projectToWriteIn(caller, body.project_id));
    const work = (tx: Transaction) => this.ports.create(tx, wish, this.changes.originOf(caller));
    if (body.dry_run) return this.changes.plan(work, ({ port }) => ({ port: portView(port) }));
    return this.changes.run(claim, work, shown);
  }

  @Get()
  @Operation({
    id: 'listPorts',
    tag: TAG,
    summary: 'List ports',
    description:
      'Those of servers too. Those that are gone are left out unless `status=deleted` asks for them.',
    replies: { 200: { shape: NetworkPortList, description: 'A page of ports.' } },
  })
  async list(@CurrentCaller() caller: Caller, @Query() query: PortQuery): Promise<HttpReply> {
    const filter = {
      projectId: projectToReadIn(caller, query.project_id),
      name: query.name,
      status: query.status,
      clusterId: query.cluster_id,
      serverId: query.server_id,
      networkId: query.network_id,
      vpcId: query.vpc_id,
      subnetId: query.subnet_id,
      qosPolicyId: query.qos_policy_id,
      createdAfter: dateOf(query.created_after),
      createdBefore: dateOf(query.created_before),
    };
    return this.freshness.answer(['port'], query.fresh, async () => {
      let found: NetworkPortBody[] = [];
      const reply = await listReply<NetworkPortBody, PortSort>({
        path: '/v1/ports',
        name: 'ports',
        query,
        defaultSort: '-created_at',
        shape: NetworkPortBody,
        find: async (page) => (found = (await this.ports.list(filter, page)).map(portView)),
        sortValue: (port, sort) => (sort === 'name' ? port.name : null),
      });
      return { reply, clusters: found.map((one) => ({ id: one.cluster_id })) };
    });
  }

  @Get(':id')
  @Operation({
    id: 'getPort',
    tag: TAG,
    summary: 'Show a port',
    replies: { 200: { shape: NetworkPortBody, description: 'The port.' } },
    problems: { 404: 'port_not_found' },
  })
  async get(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Query() { fresh }: FreshQuery,
  ): Promise<HttpReply> {
    return this.freshness.answer(['port'], fresh, async () => {
      const port = await this.ports.get(id, projectToReadIn(caller));
      const reply = ok(portView(port), { etag: etagOf(port.version) });
      return { reply, clusters: [{ id: port.clusterId }], object: port.openstackId };
    });
  }

  @Patch(':id')
  @HttpCode(202)
  @Operation({
    id: 'updatePort',
    tag: TAG,
    summary: 'Change a port',
    description:
      'Its name, state, port security, address pairs, security groups and QoS policy; also of a port of a server. ' +
      'What its cluster refuses is taken back, and `fault` says why.',
    conditional: true,
    replies: { 202: { shape: PortAccepted, description: 'The port as it is to be, and the task.' } },
    problems: { 404: 'port_not_found', 409: 'port_state_conflict' },
  })
  async update(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: PortPatchBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    const patch = {
      name: body.name,
      description: body.description,
      adminStateUp: body.admin_state_up,
      portSecurityEnabled: body.port_security_enabled,
      allowedAddressPairs: body.allowed_address_pairs,
      securityGroups: body.security_groups,
      qosPolicyId: body.qos_policy_id,
    };
    return this.changes.change(
      caller,
      ifMatch,
      (tx, origin, check) => this.ports.update(tx, id, patch, origin, check),
      shown,
    );
  }

  @Delete(':id')
  @HttpCode(202)
  @Operation({
    id: 'deletePort',
    tag: TAG,
    summary: 'Delete a port',
    description:
      'Its address rests for a while before somebody else gets it. The port of a server goes with the server only.',
    conditional: true,
    replies: { 202: { shape: PortAccepted, description: 'The port and the task.' } },
    problems: { 404: 'port_not_found', 409: 'port_in_use' },
  })
  async delete(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    return this.changes.change(
      caller,
      ifMatch,
      (tx, origin, check) => this.ports.delete(tx, id, origin, check),
      shown,
    );
  }
}

const shown = ({ port }: PortChange): Shown => ({
  path: '/v1/ports',
  name: 'port',
  body: portView(port),
  withoutTask: 200,
});

function wishOf(body: PortCreateBody, projectId: string): PortWish {
  const { network, vpc, subnet, cluster } = body;
  return {
    projectId,
    network,
    vpc,
    subnet,
    cluster,
    fixedIp: body.fixed_ip,
    name: body.name ?? '',
    description: body.description ?? '',
    adminStateUp: body.admin_state_up ?? true,
    portSecurityEnabled: body.port_security_enabled ?? null,
    allowedAddressPairs: body.allowed_address_pairs ?? [],
    securityGroups: body.security_groups ?? null,
    qosPolicyId: body.qos_policy_id ?? null,
  };
}
