import { Body, Controller, Delete, Get, Headers, HttpCode, Post, Query } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { newId } from '@ultron/kernel/id';
import { AddressPlanService } from '@ultron/network/address-plan/address-plan.service';
import { PlanDeletion } from '@ultron/network/address-plan/plan-deletion';
import { rolledBack } from '@ultron/network/address-plan/rolled-back';
import { SegmentViewRepository } from '@ultron/network/address-plan/segment/segment-view.repository';
import { ClusterStatusRepository } from '@ultron/network/address-plan/supplement/cluster-status.repository';
import { sharers } from '@ultron/network/address-plan/supplement/standing.rules';
import type { DealtSegment } from '@ultron/network/address-plan/supplement/supplement.outcome';
import { PLAN_TASK } from '@ultron/network/realisation/plan-task';
import { SegmentTasks } from '@ultron/network/realisation/segment-tasks';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { CurrentCaller } from '../../http/auth/current.caller.js';
import { Operation } from '../../http/operation/operation.decorator.js';
import { listReply } from '../../http/paging/page.reply.js';
import { PathId } from '../../http/path.id.js';
import { checkIfMatch, etagOf } from '../../http/reply/etag.js';
import { accepted, created, HttpReply, ok } from '../../http/reply/http.reply.js';
import { IdempotencyKey } from '../../http/reply/idempotency-key.js';
import { pageByPlace } from './place.page.js';
import { newTask, originOf, PlanChanges } from './plan.changes.js';
import { PlanReader } from './plan.reader.js';
import { RouterUse } from './router.use.js';
import {
  SegmentBody,
  SegmentList,
  SegmentQuery,
  SubnetAccepted,
  SubnetBody,
  SubnetCreateBody,
  SubnetList,
  SubnetPlan,
  SubnetQuery,
} from './subnet.dto.js';
import { dealtView, segmentView, subnetView } from './subnet.presenter.js';

const TAG = 'Subnets';

@Controller('v1')
export class SubnetController {
  constructor(
    private readonly plan: AddressPlanService,
    private readonly deletion: PlanDeletion,
    private readonly routers: RouterUse,
    private readonly reader: PlanReader,
    private readonly clusters: ClusterStatusRepository,
    private readonly segments: SegmentViewRepository,
    private readonly segmentTasks: SegmentTasks,
    private readonly changes: PlanChanges,
    private readonly database: Database,
  ) {}

  @Post('vpcs/:id/subnets')
  @HttpCode(202)
  @Operation({
    id: 'createSubnet',
    tag: TAG,
    summary: 'Create a subnet in an IDC',
    description:
      'It is cut evenly among the clusters of the IDC that are in use and have room, and built in each of them. ' +
      'A cluster that fails leaves it `degraded`, and tries again.',
    replies: {
      200: { shape: SubnetPlan, description: 'With `dry_run`: what would be built.' },
      202: { shape: SubnetAccepted, description: 'The subnet and the task that builds it.' },
    },
    problems: { 404: 'vpc_not_found', 409: 'vpc_slots_exhausted', 422: 'idc_without_clusters' },
  })
  async create(
    @CurrentCaller() caller: Caller,
    @PathId() vpcId: string,
    @Body() body: SubnetCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    if (body.dry_run) {
      return ok(
        await rolledBack(this.database, async (tx): Promise<SubnetPlan> => {
          const { id, dealt } = await this.make(tx, caller, vpcId, body);
          const places = await this.reader.places(tx);
          return {
            subnet: await this.shown(tx, caller, id),
            dealt: dealt.map((one) => dealtView(one, places)),
          };
        }),
      );
    }
    return this.changes.run(claim, async (tx) => {
      const { id, dealt, projectId } = await this.make(tx, caller, vpcId, body);
      const work = await this.segmentTasks.change(tx, {
        kind: PLAN_TASK.createSubnet,
        vpcId,
        resource: { kind: 'subnet', id },
        build: dealt,
        origin: originOf(projectId),
      });
      const subnet = await this.shown(tx, caller, id);
      const location = `/v1/subnets/${id}`;
      if (!work) return { work, reply: created(location, { subnet }) };
      const accepts: SubnetAccepted = { subnet, task: newTask(work) };
      return { work, reply: accepted(location, accepts) };
    });
  }

  private async make(
    tx: Transaction,
    caller: Caller,
    vpcId: string,
    body: SubnetCreateBody,
  ): Promise<{ id: string; dealt: DealtSegment[]; projectId: string }> {
    const { projectId } = await this.reader.vpc(tx, caller, vpcId);
    const idc = (await this.reader.places(tx)).idcCalled(body.idc, '/idc');
    const clusterIds = sharers(await this.clusters.ofIdcs(tx, [idc.id]));
    const id = newId();
    const command = { id, vpcId, idcId: idc.id, clusterIds, cidr: body.cidr };
    const { dealt } = await this.plan.createSubnetIn(tx, command);
    return { id, dealt, projectId };
  }

  private async shown(tx: Transaction, caller: Caller, id: string): Promise<SubnetBody> {
    const { vpc, subnet } = await this.reader.subnet(tx, caller, id);
    return subnetView(vpc, subnet, await this.reader.places(tx));
  }

  @Get('vpcs/:id/subnets')
  @Operation({
    id: 'listSubnets',
    tag: TAG,
    summary: 'List the subnets of a VPC',
    replies: { 200: { shape: SubnetList, description: 'A page of subnets.' } },
    problems: { 404: 'vpc_not_found' },
  })
  async list(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Query() query: SubnetQuery,
  ): Promise<HttpReply> {
    const { read } = this.database;
    const vpc = await this.reader.vpc(read, caller, id);
    const places = await this.reader.places(read);
    const subnets = vpc.subnets
      .map((subnet) => subnetView(vpc, subnet, places))
      .filter(({ idc }) => query.idc === undefined || idc.id === query.idc || idc.name === query.idc)
      .filter(({ status }) => query.status === undefined || status === query.status);
    return listReply<SubnetBody, 'cidr'>({
      path: `/v1/vpcs/${id}/subnets`,
      name: 'subnets',
      query,
      defaultSort: 'cidr',
      shape: SubnetBody,
      find: async (page) => pageByPlace(subnets, page),
      sortValue: () => null,
    });
  }

  @Get('subnets/:id')
  @Operation({
    id: 'getSubnet',
    tag: TAG,
    summary: 'Show a subnet',
    replies: { 200: { shape: SubnetBody, description: 'The subnet.' } },
    problems: { 404: 'subnet_not_found' },
  })
  async get(@CurrentCaller() caller: Caller, @PathId() id: string): Promise<HttpReply> {
    const subnet = await this.shown(this.database.read, caller, id);
    return ok(subnet, { etag: etagOf(subnet.version) });
  }

  @Delete('subnets/:id')
  @HttpCode(202)
  @Operation({
    id: 'deleteSubnet',
    tag: TAG,
    summary: 'Delete a subnet in which no port is left',
    description: 'While ports are left it is refused, and they are named.',
    conditional: true,
    replies: { 202: { shape: SubnetAccepted, description: 'The subnet and the task that removes it.' } },
    problems: { 404: 'subnet_not_found', 409: 'subnet_in_use' },
  })
  async delete(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    return this.changes.run(undefined, async (tx) => {
      await this.reader.subnet(tx, caller, id);
      const plan = await this.deletion.lockUnusedSubnetIn(tx, id);
      await this.routers.ofSubnet(tx, id);
      checkIfMatch(ifMatch, plan.generation);
      const origin = originOf(plan.projectId);
      const work = await this.segmentTasks.deleteSubnet(tx, { subnetId: id, vpcId: plan.id, origin });
      const subnet = await this.shown(tx, caller, id);
      const body: SubnetAccepted = { subnet, task: newTask(work) };
      return { work, reply: accepted(`/v1/subnets/${id}`, body) };
    });
  }

  @Get('subnets/:id/segments')
  @Operation({
    id: 'listSegments',
    tag: TAG,
    summary: 'Show the map of a subnet: who holds which segment, and how full it is',
    replies: { 200: { shape: SegmentList, description: 'The segments in the order of their addresses.' } },
    problems: { 404: 'subnet_not_found' },
  })
  async map(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Query() query: SegmentQuery,
  ): Promise<HttpReply> {
    const { read } = this.database;
    const { vpc, subnet } = await this.reader.subnet(read, caller, id);
    const found = await this.segments.ofSubnet(read, { ...subnet, scopeId: vpc.scopeId });
    const wanted = ({ clusterId, clusterName, state }: (typeof found)[number]) =>
      (query.cluster === undefined || query.cluster === clusterId || query.cluster === clusterName) &&
      (query.state === undefined || query.state === state);
    return listReply<SegmentBody, 'cidr'>({
      path: `/v1/subnets/${id}/segments`,
      name: 'segments',
      query,
      defaultSort: 'cidr',
      shape: SegmentBody,
      find: async (page) => pageByPlace(found.filter(wanted).map(segmentView), page),
      sortValue: () => null,
    });
  }
}
