import { Body, Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { Fault } from '@ultron/kernel/fault';
import { rolledBack } from '@ultron/network/address-plan/rolled-back';
import { SegmentService, type Welcomed } from '@ultron/network/address-plan/segment/segment.service';
import { ClusterStatusRepository } from '@ultron/network/address-plan/supplement/cluster-status.repository';
import type { NamedCluster } from '@ultron/network/address-plan/vpc/place-names.repository';
import type { VpcPlan } from '@ultron/network/address-plan/vpc/vpc-plan.repository';
import { PLAN_TASK } from '@ultron/network/realisation/plan-task';
import { SegmentTasks } from '@ultron/network/realisation/segment-tasks';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { CurrentCaller } from '../../http/auth/current.caller.js';
import { Operation } from '../../http/operation/operation.decorator.js';
import { PathId } from '../../http/path.id.js';
import { accepted, HttpReply, ok } from '../../http/reply/http.reply.js';
import { IdempotencyKey } from '../../http/reply/idempotency-key.js';
import { newTask, originOf, PlanChanges } from './plan.changes.js';
import { PlanReader, type Places } from './plan.reader.js';
import { dealtView } from './subnet.presenter.js';
import {
  RetiredAccepted,
  RetiredBody,
  VpcClusterBody,
  WelcomeAccepted,
  WelcomePlan,
} from './supplement.dto.js';

const TAG = 'VPCs';

@Controller('v1/vpcs/:id/clusters')
export class VpcClusterController {
  constructor(
    private readonly segments: SegmentService,
    private readonly clusters: ClusterStatusRepository,
    private readonly reader: PlanReader,
    private readonly segmentTasks: SegmentTasks,
    private readonly changes: PlanChanges,
    private readonly database: Database,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation({
    id: 'addVpcCluster',
    tag: TAG,
    summary: 'Give a cluster that is new in an IDC its first addresses of a VPC',
    description: 'Ultron does this by itself within a minute of its being there and in use.',
    access: 'admin',
    replies: {
      200: { shape: WelcomePlan, description: 'Nothing had to be done; or, with `dry_run`, what would be.' },
      202: { shape: WelcomeAccepted, description: 'What was dealt, and the task that builds it.' },
    },
    problems: { 404: 'vpc_not_found', 409: 'cluster_not_eligible' },
  })
  async add(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: VpcClusterBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    if (body.dry_run) {
      return rolledBack(this.database, async (tx) => {
        const { welcomed } = await this.welcome(tx, caller, id, body.cluster);
        return ok(welcomeView(welcomed, await this.reader.places(tx)));
      });
    }
    return this.changes.run(claim, async (tx) => {
      const { welcomed, vpc } = await this.welcome(tx, caller, id, body.cluster);
      const view = welcomeView(welcomed, await this.reader.places(tx));
      const work = await this.segmentTasks.change(tx, {
        kind: PLAN_TASK.addCluster,
        vpcId: id,
        resource: { kind: 'vpc', id },
        build: welcomed.dealt,
        drain: welcomed.draining,
        origin: originOf(vpc.projectId),
      });
      if (!work) return { work, reply: ok(view) };
      return { work, reply: accepted(`/v1/vpcs/${id}/usage`, { ...view, task: newTask(work) }) };
    });
  }

  private async welcome(
    tx: Transaction,
    caller: Caller,
    vpcId: string,
    name: string,
  ): Promise<{ welcomed: Welcomed; vpc: VpcPlan }> {
    const vpc = await this.reader.vpc(tx, caller, vpcId);
    const cluster = (await this.reader.places(tx)).clusterCalled(name, '/cluster');
    const demands = await this.clusters.demands(tx, cluster.idcId);
    if (!demands.some((one) => one.clusterId === cluster.id && one.eligible)) throw notEligible(cluster);
    const newcomer = { vpcId, idcId: cluster.idcId, clusterId: cluster.id, demands };
    return { welcomed: await this.segments.addClusterIn(tx, newcomer), vpc };
  }

  @Delete(':cluster')
  @HttpCode(202)
  @Operation({
    id: 'removeVpcCluster',
    tag: TAG,
    summary: 'Take the addresses of a VPC back from a cluster that goes out of use',
    description:
      'The cluster must not be `enabled` any more: it would be given addresses again. Segments in which something is ' +
      'held are taken down once nothing is.',
    access: 'admin',
    replies: {
      200: { shape: RetiredBody, description: 'Nothing can be taken down yet.' },
      202: { shape: RetiredAccepted, description: 'What is taken back, and the task.' },
    },
    problems: { 404: 'vpc_not_found', 409: 'cluster_still_enabled' },
  })
  async remove(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Param('cluster') name: string,
  ): Promise<HttpReply> {
    return this.changes.run(undefined, async (tx) => {
      const vpc = await this.reader.vpc(tx, caller, id);
      const cluster = (await this.reader.places(tx)).clusterCalled(name, '/cluster');
      if (cluster.state === 'enabled') throw stillEnabled(cluster);
      const retired = await this.segments.retireClusterIn(tx, id, cluster.id);
      const view: RetiredBody = {
        given_back: retired.givenBack.length,
        draining: retired.draining.length,
        still_held: retired.stillHeld,
      };
      const work = await this.segmentTasks.change(tx, {
        kind: PLAN_TASK.retireCluster,
        vpcId: id,
        resource: { kind: 'vpc', id },
        drain: retired.draining,
        origin: originOf(vpc.projectId),
      });
      if (!work) return { work, reply: ok(view) };
      return { work, reply: accepted(`/v1/vpcs/${id}/usage`, { ...view, task: newTask(work) }) };
    });
  }
}

function welcomeView({ kind, dealt, draining }: Welcomed, places: Places): WelcomePlan {
  return { kind, dealt: dealt.map((one) => dealtView(one, places)), draining: draining.length };
}

function stillEnabled({ id, name }: NamedCluster): Fault {
  return new Fault({
    code: 'cluster_still_enabled',
    category: 'conflict',
    detail: `The cluster ${name} is enabled and would be given addresses again: set its state to draining first.`,
    extra: { cluster_id: id },
  });
}

function notEligible({ id, name }: NamedCluster): Fault {
  return new Fault({
    code: 'cluster_not_eligible',
    category: 'conflict',
    detail: `The cluster ${name} is not enabled, does not answer, or has no room for servers.`,
    retryable: true,
    whoCanFix: 'operator',
    extra: { cluster_id: id },
  });
}
