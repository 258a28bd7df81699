import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { AddressListRepository } from '@ultron/network/address-plan/address/address-list.repository';
import { SimulationService } from '@ultron/network/address-plan/simulation/simulation.service';
import { UsageService } from '@ultron/network/address-plan/usage/usage.service';
import { Database } from '@ultron/platform/database/database.service';
import type { IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { CurrentCaller } from '../../http/auth/current.caller.js';
import { Operation } from '../../http/operation/operation.decorator.js';
import { listReply } from '../../http/paging/page.reply.js';
import { PathId } from '../../http/path.id.js';
import { HttpReply } from '../../http/reply/http.reply.js';
import { IdempotencyKey } from '../../http/reply/idempotency-key.js';
import { PlanReader } from './plan.reader.js';
import {
  AddressBody,
  AddressList,
  AddressQuery,
  SimulateBody,
  SimulationBody,
  VpcUsageBody,
} from './vpc-usage.dto.js';
import { addressView, fateView, usageView } from './vpc-usage.presenter.js';

const TAG = 'VPCs';

@Controller('v1/vpcs/:id')
export class VpcUsageController {
  constructor(
    private readonly reader: PlanReader,
    private readonly usages: UsageService,
    private readonly simulations: SimulationService,
    private readonly addresses: AddressListRepository,
    private readonly database: Database,
  ) {}

  @Get('usage')
  @Operation({
    id: 'getVpcUsage',
    tag: TAG,
    summary: 'Show where the addresses of a VPC are, and how long they last',
    replies: { 200: { shape: VpcUsageBody, description: 'By cluster.' } },
    problems: { 404: 'vpc_not_found' },
  })
  async usage(@CurrentCaller() caller: Caller, @PathId() id: string): Promise<VpcUsageBody> {
    const { read } = this.database;
    await this.reader.vpc(read, caller, id);
    return usageView(id, await this.usages.usage(id), await this.reader.places(read));
  }

  @Post('simulate')
  @HttpCode(200)
  @Operation({
    id: 'simulateVpc',
    tag: TAG,
    summary: 'Ask what would become of servers in clusters',
    description:
      'The true rules are run on the plan as it is, and nothing of it is kept: what would be handed out at once, ' +
      'what would be built, which servers would be refused and why.',
    replies: { 200: { shape: SimulationBody, description: 'What would become of each wish.' } },
    problems: { 404: 'vpc_not_found' },
    bodyExample: { placements: [{ cluster: 'east-3', servers: 300 }] },
  })
  async simulate(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: SimulateBody,
    // Checked as with every POST; nothing is kept that could be answered again.
    @IdempotencyKey() _claim: IdempotencyClaim | undefined,
  ): Promise<SimulationBody> {
    const { read } = this.database;
    await this.reader.vpc(read, caller, id);
    const places = await this.reader.places(read);
    const wishes = body.placements.map(({ cluster, servers }, i) => {
      const found = places.clusterCalled(cluster, `/placements/${i}/cluster`);
      return { idcId: found.idcId, clusterId: found.id, servers };
    });
    const fates = await this.simulations.simulate(id, wishes);
    return { placements: fates.map((fate) => fateView(fate, places)) };
  }

  @Get('addresses')
  @Operation({
    id: 'listVpcAddresses',
    tag: TAG,
    summary: 'List the addresses of a VPC that are not free',
    replies: { 200: { shape: AddressList, description: 'A page of addresses, in their order.' } },
    problems: { 404: 'vpc_not_found' },
  })
  async list(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Query() query: AddressQuery,
  ): Promise<HttpReply> {
    const { read } = this.database;
    const vpc = await this.reader.vpc(read, caller, id);
    const places = await this.reader.places(read);
    const filter = {
      state: query.state,
      purpose: query.purpose,
      subnetId: query.subnet_id,
      segmentId: query.segment_id,
      clusterId: query.cluster === undefined ? undefined : places.clusterCalled(query.cluster, '?cluster').id,
    };
    return listReply<AddressBody, 'address'>({
      path: `/v1/vpcs/${id}/addresses`,
      name: 'addresses',
      query,
      defaultSort: 'address',
      shape: AddressBody,
      find: async (page) =>
        (await this.addresses.list(read, vpc, filter, page)).map((one) => addressView(one, places)),
      sortValue: () => null,
      idOf: ({ address }) => address,
    });
  }
}
