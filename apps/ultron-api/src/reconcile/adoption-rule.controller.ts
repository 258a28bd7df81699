import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ClusterNames } from '@ultron/cluster/cluster/cluster-names';
import type { Caller } from '@ultron/identity/caller/caller';
import { ProjectService } from '@ultron/identity/project/project.service';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { isAdoptable } from '@ultron/reconcile/adoption/adoptable';
import type { NewAdoptionRule } from '@ultron/reconcile/adoption/adoption-rule.repository';
import { AdoptionService, requireNarrow } from '@ultron/reconcile/adoption/adoption.service';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { CurrentCaller } from '../http/auth/current.caller.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { RequestFault } from '../http/problem/request.fault.js';
import { checkIfMatch, etagOf } from '../http/reply/etag.js';
import { accepted, created, HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { deciderOf } from './decider.js';
import {
  AdoptionRuleAccepted,
  AdoptionRuleCreateBody,
  AdoptionRuleMade,
  AdoptionRulePage,
  AdoptionRulePatchBody,
  AdoptionRulePlan,
  AdoptionRuleQuery,
  adoptionRuleView,
  AdoptionRuleView,
  ruleMatchView,
} from './adoption.dto.js';

const TAG = 'Adoption';

@Controller('v1/adoption_rules')
export class AdoptionRuleController {
  constructor(
    private readonly adoptions: AdoptionService,
    private readonly projects: ProjectService,
    private readonly clusters: ClusterNames,
    private readonly tasks: TaskService,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation({
    id: 'createAdoptionRule',
    tag: TAG,
    summary: 'Adopt by rule',
    description:
      'All that the rule is about now is adopted by one task, and what is found later as soon as it is found. Of ' +
      'several rules the oldest that matches decides. With `dry_run` the answer is 200 with what it is about.',
    access: 'admin',
    replies: {
      200: { shape: AdoptionRulePlan, description: 'What the rule is about now.' },
      201: { shape: AdoptionRuleMade, description: 'The rule; there is nothing to adopt now.' },
      202: { shape: AdoptionRuleAccepted, description: 'The rule, and the task that adopts what there is.' },
    },
    problems: {
      404: 'project_not_found',
      409: 'adoption_rule_name_taken',
      422: 'adoption_rule_too_wide',
    },
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() body: AdoptionRuleCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    await this.projects.get(body.project_id);
    const rule = await this.ruleOf(body);
    requireNarrow(rule);
    const found = await this.adoptions.matching(rule);
    if (body.dry_run) {
      const plan: AdoptionRulePlan = { matching: found.length, matches: found.map(ruleMatchView) };
      return ok(plan);
    }
    let ring: NewTask[] = [];
    const reply = await this.idempotency.run(claim, async (tx) => {
      const made = await this.adoptions.addRule(tx, rule, found, deciderOf(caller));
      ring = made.tasks;
      const location = `/v1/adoption_rules/${rule.id}`;
      const view = adoptionRuleView(made.rule);
      if (!made.parent) return created(location, { adoption_rule: view } satisfies AdoptionRuleMade);
      const { id, kind } = made.parent;
      const answer: AdoptionRuleAccepted = { adoption_rule: view, task: { id, kind, status: 'queued' } };
      return accepted(location, answer);
    });
    this.tasks.ring(ring);
    return HttpReply.from(reply);
  }

  @Get()
  @Operation({
    id: 'listAdoptionRules',
    tag: TAG,
    summary: 'List the rules of adoption',
    access: 'admin',
    replies: { 200: { shape: AdoptionRulePage, description: 'A page of rules.' } },
  })
  async list(@Query() query: AdoptionRuleQuery): Promise<HttpReply> {
    const filter = { projectId: query.project_id, name: query.name };
    return listReply<AdoptionRuleView, 'id'>({
      path: '/v1/adoption_rules',
      name: 'adoption_rules',
      query,
      defaultSort: 'id',
      shape: AdoptionRuleView,
      find: async (page) => (await this.adoptions.listRules(filter, page)).map(adoptionRuleView),
      sortValue: () => null,
    });
  }

  @Get(':id')
  @Operation({
    id: 'getAdoptionRule',
    tag: TAG,
    summary: 'Show a rule of adoption',
    access: 'admin',
    replies: { 200: { shape: AdoptionRuleView, description: 'The rule.' } },
    problems: { 404: 'adoption_rule_not_found' },
  })
  async get(@PathId() id: string): Promise<HttpReply> {
    const rule = await this.adoptions.getRule(id);
    return ok(adoptionRuleView(rule), { etag: etagOf(rule.version) });
  }

  @Patch(':id')
  @Operation({
    id: 'updateAdoptionRule',
    tag: TAG,
    summary: 'Switch a rule on or off',
    access: 'admin',
    conditional: true,
    replies: { 200: { shape: AdoptionRuleView, description: 'The rule.' } },
    problems: { 404: 'adoption_rule_not_found' },
  })
  async update(
    @PathId() id: string,
    @Body() body: AdoptionRulePatchBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    const rule = await this.database.transaction((tx) =>
      this.adoptions.setRuleEnabled(tx, id, body.enabled, (version) => checkIfMatch(ifMatch, version)),
    );
    return ok(adoptionRuleView(rule), { etag: etagOf(rule.version) });
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation({
    id: 'deleteAdoptionRule',
    tag: TAG,
    summary: 'Forget a rule',
    description: 'What it adopted stays adopted.',
    access: 'admin',
    conditional: true,
    replies: { 204: { description: 'It is forgotten.' } },
    problems: { 404: 'adoption_rule_not_found' },
  })
  async delete(@PathId() id: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    await this.database.transaction((tx) =>
      this.adoptions.removeRule(tx, id, (version) => checkIfMatch(ifMatch, version)),
    );
  }

  private async ruleOf(body: AdoptionRuleCreateBody): Promise<NewAdoptionRule> {
    const kinds = body.kinds ?? ['server'];
    const unknown = kinds.filter((kind) => !isAdoptable(kind));
    if (unknown.length)
      throw RequestFault.badBody([{ pointer: '/kinds', detail: `knows no ${unknown.join(', ')}` }]);
    return {
      id: newId(),
      name: body.name,
      projectId: body.project_id,
      subjectKinds: kinds.filter(isAdoptable),
      clusterId: body.cluster === undefined ? null : await this.clusters.idOf(body.cluster),
      openstackProjectId: body.openstack_project_id ?? null,
      namePattern: body.name_pattern ?? null,
      metadata: body.metadata ?? {},
      mark: body.mark ?? false,
      enabled: true,
    };
  }
}
