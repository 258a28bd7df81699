import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { projectToReadIn, projectToWriteIn } from '@ultron/identity/caller/caller.rules';
import { newId } from '@ultron/kernel/id';
import { AddressPlanService } from '@ultron/network/address-plan/address-plan.service';
import { PlanDeletion } from '@ultron/network/address-plan/plan-deletion';
import { AddressPoolRepository } from '@ultron/network/address-plan/pool/address-pool.repository';
import { warningsOf } from '@ultron/network/address-plan/pool/pool.rules';
import { rolledBack } from '@ultron/network/address-plan/rolled-back';
import { VpcPlanRepository } from '@ultron/network/address-plan/vpc/vpc-plan.repository';
import { VpcRepository, type VpcSort } from '@ultron/network/address-plan/vpc/vpc.repository';
import { SegmentTasks } from '@ultron/network/realisation/segment-tasks';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { CurrentCaller } from '../../http/auth/current.caller.js';
import { Operation } from '../../http/operation/operation.decorator.js';
import { listReply } from '../../http/paging/page.reply.js';
import { PathId } from '../../http/path.id.js';
import { checkIfMatch, etagOf } from '../../http/reply/etag.js';
import { accepted, created, HttpReply, ok } from '../../http/reply/http.reply.js';
import { IdempotencyKey } from '../../http/reply/idempotency-key.js';
import { newTask, originOf, PlanChanges } from './plan.changes.js';
import { PlanReader } from './plan.reader.js';
import { RouterUse } from './router.use.js';
import { VpcAccepted, VpcBody, VpcCreateBody, VpcList, VpcMade, VpcPatchBody, VpcQuery } from './vpc.dto.js';
import { vpcView } from './vpc.presenter.js';

const TAG = 'VPCs';

@Controller('v1/vpcs')
export class VpcController {
  constructor(
    private readonly plan: AddressPlanService,
    private readonly deletion: PlanDeletion,
    private readonly routers: RouterUse,
    private readonly reader: PlanReader,
    private readonly pools: AddressPoolRepository,
    private readonly vpcs: VpcRepository,
    private readonly plans: VpcPlanRepository,
    private readonly segmentTasks: SegmentTasks,
    private readonly changes: PlanChanges,
    private readonly idempotency: Idempotency,
    private readonly database: Database,
  ) {}

  @Post()
  @Operation({
    id: 'createVpc',
    tag: TAG,
    summary: 'Create a VPC',
    description: 'It is recorded at once; nothing is built before it has a subnet.',
    replies: {
      200: { shape: VpcMade, description: 'With `dry_run`: what would be made.' },
      201: { shape: VpcMade, description: 'The VPC.' },
    },
    problems: { 409: 'address_pool_exhausted', 422: 'cidr_misaligned' },
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() body: VpcCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const projectId = projectToWriteIn(caller, body.project_id);
    if (body.dry_run) return ok(await rolledBack(this.database, (tx) => this.make(tx, projectId, body)));
    const reply = await this.idempotency.run(claim, async (tx) => {
      const vpc = await this.make(tx, projectId, body);
      return created(`/v1/vpcs/${vpc.id}`, vpc);
    });
    return HttpReply.from(reply);
  }

  private async make(tx: Transaction, projectId: string, body: VpcCreateBody): Promise<VpcMade> {
    const places = await this.reader.places(tx);
    const idcIds = (body.idcs ?? []).map((name, i) => places.idcCalled(name, `/idcs/${i}`).id);
    const poolId = await this.plan.poolCalledIn(tx, body.address_pool, '/address_pool');
    const id = newId();
    await this.plan.createVpcIn(tx, {
      id,
      poolId,
      projectId,
      name: body.name,
      cidr: body.cidr,
      idcIds: [...new Set(idcIds)],
      ...(body.realisation ? { realisation: body.realisation } : {}),
      ...(body.sharing ? { sharing: body.sharing } : {}),
      ...(body.dhcp_ports === undefined ? {} : { dhcpPorts: body.dhcp_ports }),
    });
    const plan = await this.plans.get(tx, id);
    return { ...vpcView(plan, places), warnings: warningsOf(plan.block) };
  }

  @Get()
  @Operation({
    id: 'listVpcs',
    tag: TAG,
    summary: 'List VPCs',
    replies: { 200: { shape: VpcList, description: 'A page of VPCs.' } },
  })
  async list(@CurrentCaller() caller: Caller, @Query() query: VpcQuery): Promise<HttpReply> {
    const { read } = this.database;
    const places = await this.reader.places(read);
    const pool =
      query.address_pool === undefined ? undefined : await this.pools.named(read, query.address_pool);
    const filter = {
      projectId: projectToReadIn(caller, query.project_id),
      name: query.name,
      // No pool of this name: no VPC either.
      poolId: query.address_pool === undefined ? undefined : (pool?.id ?? ''),
    };
    return listReply<VpcBody, VpcSort>({
      path: '/v1/vpcs',
      name: 'vpcs',
      query,
      defaultSort: '-created_at',
      shape: VpcBody,
      find: async (page) => {
        const ids = (await this.vpcs.list(read, filter, page)).map(({ id }) => id);
        const plans = await this.plans.many(read, ids);
        return ids.flatMap((id) => {
          const plan = plans.get(id);
          return plan ? [vpcView(plan, places)] : [];
        });
      },
      sortValue: (vpc, sort) => (sort === 'name' ? vpc.name : null),
    });
  }

  @Get(':id')
  @Operation({
    id: 'getVpc',
    tag: TAG,
    summary: 'Show a VPC',
    replies: { 200: { shape: VpcBody, description: 'The VPC.' } },
    problems: { 404: 'vpc_not_found' },
  })
  async get(@CurrentCaller() caller: Caller, @PathId() id: string): Promise<HttpReply> {
    const { read } = this.database;
    const vpc = vpcView(await this.reader.vpc(read, caller, id), await this.reader.places(read));
    return ok(vpc, { etag: etagOf(vpc.version) });
  }

  @Patch(':id')
  @Operation({
    id: 'updateVpc',
    tag: TAG,
    summary: 'Rename a VPC, or change how new subnets are shared',
    conditional: true,
    replies: { 200: { shape: VpcBody, description: 'The VPC as it is now.' } },
    problems: { 404: 'vpc_not_found' },
  })
  async update(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: VpcPatchBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    return this.database.transaction(async (tx) => {
      const before = await this.reader.lockVpc(tx, caller, id);
      checkIfMatch(ifMatch, before.generation);
      await this.vpcs.update(tx, id, body);
      await this.vpcs.advance(tx, before);
      return this.shown(tx, caller, id);
    });
  }

  @Delete(':id/idcs/:idc_id')
  @Operation({
    id: 'giveUpVpcSlot',
    tag: TAG,
    summary: 'Give up the place that is kept for the first subnet in an IDC',
    description: 'The other IDCs of the VPC may then have it.',
    conditional: true,
    replies: { 200: { shape: VpcBody, description: 'The VPC as it is now.' } },
    problems: { 404: 'vpc_not_found' },
  })
  async giveUpSlot(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Param('idc_id') idc: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    return this.database.transaction(async (tx) => {
      const before = await this.reader.lockVpc(tx, caller, id);
      checkIfMatch(ifMatch, before.generation);
      const places = await this.reader.places(tx);
      await this.plan.giveUpSlotIn(tx, id, places.idcCalled(idc, '/idc_id').id);
      return this.shown(tx, caller, id);
    });
  }

  private async shown(tx: Transaction, caller: Caller, id: string): Promise<HttpReply> {
    const vpc = vpcView(await this.reader.vpc(tx, caller, id), await this.reader.places(tx));
    return ok(vpc, { etag: etagOf(vpc.version) });
  }

  @Delete(':id')
  @HttpCode(202)
  @Operation({
    id: 'deleteVpc',
    tag: TAG,
    summary: 'Delete a VPC that has no subnets',
    description: 'Its networks are removed from the clusters, then the VPC itself.',
    conditional: true,
    replies: { 202: { shape: VpcAccepted, description: 'The VPC and the task.' } },
    problems: { 404: 'vpc_not_found', 409: 'vpc_in_use' },
  })
  async delete(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    return this.changes.run(undefined, async (tx) => {
      const before = await this.reader.lockVpc(tx, caller, id);
      checkIfMatch(ifMatch, before.generation);
      await this.deletion.lockEmptyVpcIn(tx, id);
      await this.routers.ofVpc(tx, id);
      const work = await this.segmentTasks.deleteVpc(tx, { vpcId: id, origin: originOf(before.projectId) });
      const vpc = vpcView(await this.plans.get(tx, id), await this.reader.places(tx));
      const body: VpcAccepted = { vpc, task: newTask(work) };
      return { work, reply: accepted(`/v1/vpcs/${id}`, body) };
    });
  }
}
