import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import {
  ADDRESS_PLAN_CONFIG,
  type AddressPlanConfig,
} from '@ultron/network/address-plan/address-plan.config';
import { AddressPlanService } from '@ultron/network/address-plan/address-plan.service';
import { PlanDeletion } from '@ultron/network/address-plan/plan-deletion';
import { notFound } from '@ultron/network/address-plan/plan.faults';
import {
  AddressPoolRepository,
  type PoolSort,
} from '@ultron/network/address-plan/pool/address-pool.repository';
import { rolledBack } from '@ultron/network/address-plan/rolled-back';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { Operation } from '../../http/operation/operation.decorator.js';
import { listReply } from '../../http/paging/page.reply.js';
import { PathId } from '../../http/path.id.js';
import { created, HttpReply, ok } from '../../http/reply/http.reply.js';
import { IdempotencyKey } from '../../http/reply/idempotency-key.js';
import {
  AddressPoolBody,
  AddressPoolCreateBody,
  AddressPoolList,
  AddressPoolQuery,
  poolView,
} from './address-pool.dto.js';

const TAG = 'Address pools';

@Controller('v1/address_pools')
export class AddressPoolController {
  constructor(
    private readonly plan: AddressPlanService,
    private readonly deletion: PlanDeletion,
    private readonly pools: AddressPoolRepository,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  @Post()
  @Operation({
    id: 'createAddressPool',
    tag: TAG,
    summary: 'Create a pool that VPCs are cut from',
    description: 'Pools do not overlap. A pool of public address space answers with a warning.',
    access: 'admin',
    replies: {
      200: { shape: AddressPoolBody, description: 'With `dry_run`: what would be made.' },
      201: { shape: AddressPoolBody, description: 'The pool.' },
    },
    problems: { 409: 'address_pool_overlaps', 422: 'cidr_host_bits' },
  })
  async create(
    @Body() body: AddressPoolCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    if (body.dry_run) return ok(await rolledBack(this.database, (tx) => this.make(tx, body)));
    const reply = await this.idempotency.run(claim, async (tx) => {
      const pool = await this.make(tx, body);
      return created(`/v1/address_pools/${pool.id}`, pool);
    });
    return HttpReply.from(reply);
  }

  private async make(tx: Transaction, body: AddressPoolCreateBody): Promise<AddressPoolBody> {
    const { prefixes } = this.config;
    const made = await this.plan.createPoolIn(tx, {
      id: newId(),
      name: body.name,
      ...(body.cidr === undefined ? {} : { cidr: body.cidr }),
      prefixes: {
        vpc: body.vpc_prefix ?? prefixes.vpc,
        subnet: body.subnet_prefix ?? prefixes.subnet,
        segment: body.segment_prefix ?? prefixes.segment,
      },
    });
    return this.shown(tx, made.id);
  }

  @Get()
  @Operation({
    id: 'listAddressPools',
    tag: TAG,
    summary: 'List address pools',
    replies: { 200: { shape: AddressPoolList, description: 'A page of pools.' } },
  })
  async list(@Query() query: AddressPoolQuery): Promise<HttpReply> {
    const { read } = this.database;
    return listReply<AddressPoolBody, PoolSort>({
      path: '/v1/address_pools',
      name: 'address_pools',
      query,
      defaultSort: 'name',
      shape: AddressPoolBody,
      find: async (page) => {
        const rows = await this.pools.list(read, query.name, page);
        const vpcs = await this.pools.vpcsOf(
          read,
          rows.map(({ id }) => id),
        );
        return rows.map((row) => poolView(row, vpcs.get(row.id) ?? 0));
      },
      sortValue: (pool, sort) => (sort === 'name' ? pool.name : null),
    });
  }

  @Get(':id')
  @Operation({
    id: 'getAddressPool',
    tag: TAG,
    summary: 'Show an address pool',
    replies: { 200: { shape: AddressPoolBody, description: 'The pool.' } },
    problems: { 404: 'address_pool_not_found' },
  })
  get(@PathId() id: string): Promise<AddressPoolBody> {
    return this.shown(this.database.read, id);
  }

  private async shown(tx: Transaction, id: string): Promise<AddressPoolBody> {
    const pool = await this.pools.find(tx, id);
    if (!pool) throw notFound('address pool', id);
    return poolView(pool, (await this.pools.vpcsOf(tx, [id])).get(id) ?? 0);
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation({
    id: 'deleteAddressPool',
    tag: TAG,
    summary: 'Delete an address pool from which no VPC is cut',
    access: 'admin',
    replies: { 204: { description: 'It is gone.' } },
    problems: { 404: 'address_pool_not_found', 409: 'address_pool_in_use' },
  })
  async delete(@PathId() id: string): Promise<void> {
    await this.deletion.deletePool(id);
  }
}
