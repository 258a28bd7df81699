import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { FINDING_KINDS } from '@ultron/reconcile/finding/finding.kinds';
import { DEFAULT_POLICY } from '@ultron/reconcile/policy/policy.rules';
import { PolicyService } from '@ultron/reconcile/policy/policy.service';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { checkIfMatch, etagOf } from '../http/reply/etag.js';
import { created, HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import {
  limitsOf,
  PolicyCreateBody,
  PolicyDefaults,
  PolicyPage,
  PolicyPatchBody,
  PolicyQuery,
  policyView,
  PolicyView,
} from './policy.dto.js';

const TAG = 'Findings';

@Controller('v1/reconcile_policies')
export class PolicyController {
  constructor(
    private readonly policies: PolicyService,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Operation({
    id: 'putReconcilePolicy',
    tag: TAG,
    summary: 'Say what is done about a kind of finding',
    description:
      'There is one policy for a kind and a place: asking again changes it. With a limit, such findings are counted by ' +
      'themselves, and against that.',
    access: 'admin',
    conditional: true,
    replies: {
      200: { shape: PolicyView, description: 'There was one, and it was changed.' },
      201: { shape: PolicyView, description: 'The policy.' },
    },
    problems: { 404: 'cluster_not_found', 422: 'policy_scope_invalid' },
  })
  async put(
    @Body() body: PolicyCreateBody,
    @Headers('if-match') ifMatch: string | undefined,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const { kind, scope, action } = body;
    const wish = {
      kind,
      subjectKind: body.subject_kind ?? ('' as const),
      scope,
      scopeId: body.scope_id ?? '',
      action,
      maxPerHour: null,
      maxShare: null,
      ...limitsOf(body),
    };
    const reply = await this.idempotency.run(claim, async (tx) => {
      const put = await this.policies.put(tx, wish, (version) => checkIfMatch(ifMatch, version));
      const [view, etag] = [policyView(put.policy), { etag: etagOf(put.policy.version) }];
      return put.created ? created(`/v1/reconcile_policies/${put.policy.id}`, view, etag) : ok(view, etag);
    });
    return HttpReply.from(reply);
  }

  @Get()
  @Operation({
    id: 'listReconcilePolicies',
    tag: TAG,
    summary: 'List the policies about findings',
    access: 'admin',
    replies: { 200: { shape: PolicyPage, description: 'A page of policies.' } },
  })
  async list(@Query() query: PolicyQuery): Promise<HttpReply> {
    const filter = { kind: query.kind, scopeId: query.scope_id };
    return listReply<PolicyView, 'id'>({
      path: '/v1/reconcile_policies',
      name: 'policies',
      query,
      defaultSort: 'id',
      shape: PolicyView,
      find: async (page) => (await this.policies.list(filter, page)).map(policyView),
      sortValue: () => null,
    });
  }

  @Get('defaults')
  @Operation({
    id: 'getReconcileDefaults',
    tag: TAG,
    summary: 'Show what holds where no policy says otherwise',
    access: 'admin',
    replies: { 200: { shape: PolicyDefaults, description: 'One for each kind of finding.' } },
  })
  defaults(): PolicyDefaults {
    return { defaults: FINDING_KINDS.map((kind) => ({ kind, action: DEFAULT_POLICY[kind] })) };
  }

  @Get(':id')
  @Operation({
    id: 'getReconcilePolicy',
    tag: TAG,
    summary: 'Show a policy',
    access: 'admin',
    replies: { 200: { shape: PolicyView, description: 'The policy.' } },
    problems: { 404: 'policy_not_found' },
  })
  async get(@PathId() id: string): Promise<HttpReply> {
    const policy = await this.policies.get(id);
    return ok(policyView(policy), { etag: etagOf(policy.version) });
  }

  @Patch(':id')
  @Operation({
    id: 'updateReconcilePolicy',
    tag: TAG,
    summary: 'Change what is done, and how much of it by itself',
    access: 'admin',
    conditional: true,
    replies: { 200: { shape: PolicyView, description: 'The policy.' } },
    problems: { 404: 'policy_not_found' },
  })
  async update(
    @PathId() id: string,
    @Body() body: PolicyPatchBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    const changes = { ...(body.action === undefined ? {} : { action: body.action }), ...limitsOf(body) };
    const policy = await this.database.transaction((tx) =>
      this.policies.change(tx, id, changes, (version) => checkIfMatch(ifMatch, version)),
    );
    return ok(policyView(policy), { etag: etagOf(policy.version) });
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation({
    id: 'deleteReconcilePolicy',
    tag: TAG,
    summary: 'Forget a policy',
    description: 'What holds more widely, or the default, holds then.',
    access: 'admin',
    conditional: true,
    replies: { 204: { description: 'It is forgotten.' } },
    problems: { 404: 'policy_not_found' },
  })
  async delete(@PathId() id: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    await this.database.transaction((tx) =>
      this.policies.remove(tx, id, (version) => checkIfMatch(ifMatch, version)),
    );
  }
}
