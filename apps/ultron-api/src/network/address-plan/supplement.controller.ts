import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import {
  ADDRESS_PLAN_CONFIG,
  type AddressPlanConfig,
} from '@ultron/network/address-plan/address-plan.config';
import { rolledBack } from '@ultron/network/address-plan/rolled-back';
import { ClusterStatusRepository } from '@ultron/network/address-plan/supplement/cluster-status.repository';
import { addressesExhausted } from '@ultron/network/address-plan/supplement/supplement.faults';
import type { SupplementOutcome } from '@ultron/network/address-plan/supplement/supplement.outcome';
import { SupplementService } from '@ultron/network/address-plan/supplement/supplement.service';
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
import { newTask, originOf, PlanChanges, type PlanChanged } from './plan.changes.js';
import { PlanReader } from './plan.reader.js';
import {
  SubnetSupplementBody,
  SupplementAccepted,
  SupplementBody,
  SupplementPlan,
} from './supplement.dto.js';
import { outcomeView } from './supplement.presenter.js';

/** A supplement that somebody asks for: of a VPC, or of a subnet of it. */
interface Asked {
  vpc: VpcPlan;
  /** The IDC of the subnet: the cluster must be there. */
  idcId?: string;
  /** Only its spare segments. */
  within?: string | undefined;
  body: SupplementBody;
}

const DESCRIPTION =
  'Spare segments first, then a new subnet in which every cluster in use is brought up to its low-water mark before ' +
  'the one that asks gets the rest. Ultron does this by itself before a cluster runs dry; ask for it before a large ' +
  'batch. Nothing is done, and 200 answers, when the cluster has, or is getting, enough.';

@Controller('v1')
export class SupplementController {
  constructor(
    private readonly supplements: SupplementService,
    private readonly clusters: ClusterStatusRepository,
    private readonly reader: PlanReader,
    private readonly segmentTasks: SegmentTasks,
    private readonly changes: PlanChanges,
    private readonly database: Database,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  @Post('vpcs/:id/supplement')
  @HttpCode(202)
  @Operation({
    id: 'supplementVpc',
    tag: 'VPCs',
    summary: 'Give a cluster more addresses of a VPC',
    description: DESCRIPTION,
    replies: {
      200: {
        shape: SupplementPlan,
        description: 'Nothing had to be done; or, with `dry_run`, what would be.',
      },
      202: { shape: SupplementAccepted, description: 'What was dealt, and the task that builds it.' },
    },
    problems: { 404: 'vpc_not_found', 409: 'vpc_addresses_exhausted' },
  })
  async ofVpc(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: SupplementBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    return this.answer(claim, body, async (tx) => ({ vpc: await this.reader.vpc(tx, caller, id), body }));
  }

  @Post('subnets/:id/supplement')
  @HttpCode(202)
  @Operation({
    id: 'supplementSubnet',
    tag: 'Subnets',
    summary: 'Give a cluster more addresses where a subnet is',
    description: DESCRIPTION,
    replies: {
      200: {
        shape: SupplementPlan,
        description: 'Nothing had to be done; or, with `dry_run`, what would be.',
      },
      202: { shape: SupplementAccepted, description: 'What was dealt, and the task that builds it.' },
    },
    problems: { 404: 'subnet_not_found', 409: 'vpc_addresses_exhausted' },
  })
  async ofSubnet(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: SubnetSupplementBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    return this.answer(claim, body, async (tx) => {
      const { vpc, subnet } = await this.reader.subnet(tx, caller, id);
      return { vpc, idcId: subnet.idcId, within: body.within_subnet ? id : undefined, body };
    });
  }

  private async answer(
    claim: IdempotencyClaim | undefined,
    { dry_run: dryRun }: SupplementBody,
    ask: (tx: Transaction) => Promise<Asked>,
  ): Promise<HttpReply> {
    if (!dryRun) return this.changes.run(claim, async (tx) => this.carryOut(tx, await ask(tx)));
    return rolledBack(this.database, async (tx) => this.planned(tx, await this.decide(tx, await ask(tx))));
  }

  private async carryOut(tx: Transaction, asked: Asked): Promise<PlanChanged> {
    const outcome = await this.decide(tx, asked);
    const { vpc } = asked;
    const work = await this.segmentTasks.change(tx, {
      kind: PLAN_TASK.supplement,
      vpcId: vpc.id,
      resource: { kind: 'vpc', id: vpc.id },
      build: outcome.dealt,
      drain: outcome.draining,
      origin: originOf(vpc.projectId),
    });
    if (!work) return { work, reply: await this.planned(tx, outcome) };
    const supplement = outcomeView(outcome, await this.reader.places(tx));
    const body: SupplementAccepted = { supplement, task: newTask(work) };
    return { work, reply: accepted(`/v1/vpcs/${vpc.id}/usage`, body) };
  }

  private async planned(tx: Transaction, outcome: SupplementOutcome): Promise<HttpReply> {
    return ok({ supplement: outcomeView(outcome, await this.reader.places(tx)) });
  }

  /** @throws Fault `vpc_addresses_exhausted` when nothing of what is missing can be had */
  private async decide(tx: Transaction, { vpc, idcId, within, body }: Asked): Promise<SupplementOutcome> {
    const cluster = (await this.reader.places(tx)).clusterCalled(body.cluster, '/cluster');
    if (idcId !== undefined && cluster.idcId !== idcId) throw elsewhere(cluster.name);
    const demands = await this.clusters.demands(tx, cluster.idcId);
    const outcome = await this.supplements.supplementIn(tx, {
      id: newId(),
      vpcId: vpc.id,
      idcId: cluster.idcId,
      clusterId: cluster.id,
      subnetId: within,
      need: body.addresses ?? 2 * this.config.floor.leastFree,
      urgent: true,
      demands,
    });
    if (outcome.short > 0 && outcome.dealt.length + outcome.draining.length === 0) {
      throw addressesExhausted(outcome);
    }
    return outcome;
  }
}

function elsewhere(name: string): Fault {
  return new Fault({
    code: 'cluster_not_in_idc',
    category: 'invalid',
    detail: `The cluster ${name} is not in the IDC of the subnet.`,
    fields: [{ pointer: '/cluster', detail: 'is in another IDC' }],
  });
}
