import { Body, Controller, Get, Headers, HttpCode, Post, Query } from '@nestjs/common';
import { ClusterNames } from '@ultron/cluster/cluster/cluster-names';
import type { Caller } from '@ultron/identity/caller/caller';
import type { Transaction } from '@ultron/platform/database/transaction';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import type { Finding } from '@ultron/reconcile/finding/finding.entity';
import type { FindingSort } from '@ultron/reconcile/finding/finding.list';
import { FindingService } from '@ultron/reconcile/finding/finding.service';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { CurrentCaller } from '../http/auth/current.caller.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { checkIfMatch, etagOf } from '../http/reply/etag.js';
import { accepted, HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { deciderOf } from './decider.js';
import { DecisionBody } from './decision.dto.js';
import {
  FindingDecided,
  FindingEventPage,
  FindingEventQuery,
  findingEventView,
  FindingEventView,
  FindingPage,
  FindingQuery,
  FindingView,
  findingView,
  RepairAccepted,
  RepairBody,
  RepairPlan,
} from './finding.dto.js';

const TAG = 'Findings';

@Controller('v1/findings')
export class FindingController {
  constructor(
    private readonly findings: FindingService,
    private readonly clusters: ClusterNames,
    private readonly tasks: TaskService,
    private readonly idempotency: Idempotency,
  ) {}

  @Get()
  @Operation({
    id: 'listFindings',
    tag: TAG,
    summary: 'List the findings',
    description:
      'What Ultron asked for, what it saw and what the clusters have do not always agree: each thing on which they do ' +
      'not is a finding. It is resolved by itself when it does not hold any more.',
    access: 'admin',
    replies: { 200: { shape: FindingPage, description: 'A page of findings.' } },
    problems: { 404: 'cluster_not_found' },
  })
  async list(@Query() query: FindingQuery): Promise<HttpReply> {
    const clusterId = query.cluster === undefined ? undefined : await this.clusters.idOf(query.cluster);
    const filter = {
      kind: query.kind,
      subjectKind: query.subject_kind,
      subjectId: query.subject_id,
      openstackId: query.openstack_id,
      clusterId,
      projectId: query.project_id,
      state: query.state,
      firstSeenAfter: dateOf(query.first_seen_after),
      lastSeenAfter: dateOf(query.last_seen_after),
    };
    return listReply<FindingView, FindingSort>({
      path: '/v1/findings',
      name: 'findings',
      query,
      defaultSort: '-id',
      shape: FindingView,
      find: async (page) => (await this.findings.list(filter, page)).map(findingView),
      sortValue: () => null,
    });
  }

  @Get(':id')
  @Operation({
    id: 'getFinding',
    tag: TAG,
    summary: 'Show a finding',
    access: 'admin',
    replies: { 200: { shape: FindingView, description: 'The finding.' } },
    problems: { 404: 'finding_not_found' },
  })
  async get(@PathId() id: string): Promise<HttpReply> {
    const finding = await this.findings.get(id, undefined);
    return ok(findingView(finding), { etag: etagOf(finding.version) });
  }

  @Get(':id/events')
  @Operation({
    id: 'listFindingEvents',
    tag: TAG,
    summary: 'Show what happened to a finding, and who did it',
    access: 'admin',
    replies: { 200: { shape: FindingEventPage, description: 'A page of the audit trail.' } },
    problems: { 404: 'finding_not_found' },
  })
  async events(@PathId() id: string, @Query() query: FindingEventQuery): Promise<HttpReply> {
    await this.findings.get(id, undefined);
    return listReply<FindingEventView, 'id'>({
      path: `/v1/findings/${id}/events`,
      name: 'events',
      query,
      defaultSort: 'id',
      shape: FindingEventView,
      find: async (page) => (await this.findings.events(id, page)).map(findingEventView),
      sortValue: () => null,
    });
  }

  @Post(':id/repair')
  @HttpCode(202)
  @Operation({
    id: 'repairFinding',
    tag: TAG,
    summary: 'Have a finding repaired',
    description:
      'Whatever its policy says. The task looks once more right before it acts. With `dry_run` nothing is changed: ' +
      'the answer is 200 with what would be done, and what the cluster would be asked to change.',
    access: 'admin',
    conditional: true,
    replies: {
      200: { shape: RepairPlan, description: 'What would be done.' },
      202: { shape: RepairAccepted, description: 'The finding and the task that repairs it.' },
    },
    problems: {
      404: 'finding_not_found',
      409: 'finding_state_conflict',
    },
  })
  async repair(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: RepairBody,
    @Headers('if-match') ifMatch: string | undefined,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    if (body.dry_run) return this.repairPlan(id);
    let task: NewTask | undefined;
    const reply = await this.idempotency.run(claim, async (tx) => {
      const begun = await this.findings.repair(tx, id, deciderOf(caller), (version) =>
        checkIfMatch(ifMatch, version),
      );
      ({ task } = begun);
      const answer: RepairAccepted = {
        finding: findingView(begun.finding),
        task: { id: begun.task.id, kind: begun.task.kind, status: 'queued' },
      };
      return accepted(`/v1/findings/${id}`, answer);
    });
    if (task) this.tasks.ring([task]);
    return HttpReply.from(reply);
  }

  @Post(':id/ignore')
  @HttpCode(200)
  @Operation({
    id: 'ignoreFinding',
    tag: TAG,
    summary: 'Leave a finding alone',
    description:
      'It is neither repaired nor counted in alarms until it is reopened, or does not hold any more.',
    access: 'admin',
    replies: { 200: { shape: FindingDecided, description: 'The finding.' } },
    problems: { 404: 'finding_not_found', 409: 'finding_state_conflict' },
  })
  async ignore(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: DecisionBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const { actor } = deciderOf(caller);
    return this.decide(claim, (tx) => this.findings.ignore(tx, id, actor, body.reason ?? null));
  }

  @Post(':id/reopen')
  @HttpCode(200)
  @Operation({
    id: 'reopenFinding',
    tag: TAG,
    summary: 'Take up a finding again that was left alone',
    access: 'admin',
    replies: { 200: { shape: FindingDecided, description: 'The finding.' } },
    problems: { 404: 'finding_not_found', 409: 'finding_state_conflict' },
  })
  async reopen(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: DecisionBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const { actor } = deciderOf(caller);
    return this.decide(claim, (tx) => this.findings.reopen(tx, id, actor, body.reason ?? null));
  }

  private async repairPlan(id: string): Promise<HttpReply> {
    const { finding, would, calls } = await this.findings.repairPlan(id);
    return ok({ finding: findingView(finding), would, calls } satisfies RepairPlan);
  }

  private async decide(
    claim: IdempotencyClaim | undefined,
    work: (tx: Transaction) => Promise<Finding>,
  ): Promise<HttpReply> {
    const reply = await this.idempotency.run(claim, async (tx) =>
      ok({ finding: findingView(await work(tx)) } satisfies FindingDecided),
    );
    return HttpReply.from(reply);
  }
}

const dateOf = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(text);
