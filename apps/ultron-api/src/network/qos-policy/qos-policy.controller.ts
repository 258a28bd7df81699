import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Post, Query } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { projectToReadIn, projectToWriteIn } from '@ultron/identity/caller/caller.rules';
import type { QosPolicySort } from '@ultron/network/qos-policy/qos-policy.repository';
import { QosPolicyService, type QosPolicyDetail } from '@ultron/network/qos-policy/qos-policy.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { CurrentCaller } from '../../http/auth/current.caller.js';
import { Operation } from '../../http/operation/operation.decorator.js';
import { listReply } from '../../http/paging/page.reply.js';
import { PathId } from '../../http/path.id.js';
import { etagOf } from '../../http/reply/etag.js';
import { HttpReply, ok } from '../../http/reply/http.reply.js';
import { IdempotencyKey } from '../../http/reply/idempotency-key.js';
import { NetworkChanges, type Shown } from '../network.changes.js';
import {
  type BandwidthLimitBody,
  QosPolicyAccepted,
  QosPolicyBody,
  QosPolicyCreateBody,
  QosPolicyList,
  QosPolicyPatchBody,
  QosPolicyPlanned,
  QosPolicyQuery,
  qosPolicyView,
} from './qos-policy.dto.js';

const TAG = 'QoS policies';

@Controller('v1/qos_policies')
export class QosPolicyController {
  constructor(
    private readonly policies: QosPolicyService,
    private readonly changes: NetworkChanges,
  ) {}

  @Post()
  @HttpCode(201)
  @Operation({
    id: 'createQosPolicy',
    tag: TAG,
    summary: 'Create a QoS policy',
    description:
      'It is only written down: a cluster gets it with the first port or floating IP there that is to be under it.',
    replies: {
      200: { shape: QosPolicyPlanned, description: 'With `dry_run`: the policy as it would be.' },
      201: { shape: QosPolicyAccepted, description: 'The policy.' },
    },
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() body: QosPolicyCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const wish = {
      projectId: projectToWriteIn(caller, body.project_id),
      name: body.name,
      description: body.description ?? '',
      bandwidthLimits: limitsOf(body.bandwidth_limits),
    };
    const work = async (tx: Transaction) => ({
      policy: await this.policies.create(tx, wish),
      task: null,
      ring: [],
    });
    if (body.dry_run) return this.changes.plan(work, ({ policy }) => ({ qos_policy: qosPolicyView(policy) }));
    return this.changes.run(claim, work, (made) => shown(made, 201));
  }

  @Get()
  @Operation({
    id: 'listQosPolicies',
    tag: TAG,
    summary: 'List QoS policies',
    description: 'Those that are gone are left out unless `status=deleted` asks for them.',
    replies: { 200: { shape: QosPolicyList, description: 'A page of policies.' } },
  })
  async list(@CurrentCaller() caller: Caller, @Query() query: QosPolicyQuery): Promise<HttpReply> {
    const { name, status } = query;
    const filter = { projectId: projectToReadIn(caller, query.project_id), name, status };
    return listReply<QosPolicyBody, QosPolicySort>({
      path: '/v1/qos_policies',
      name: 'qos_policies',
      query,
      defaultSort: '-created_at',
      shape: QosPolicyBody,
      find: async (page) => (await this.policies.list(filter, page)).map(qosPolicyView),
      sortValue: (policy, sort) => (sort === 'name' ? policy.name : null),
    });
  }

  @Get(':id')
  @Operation({
    id: 'getQosPolicy',
    tag: TAG,
    summary: 'Show a QoS policy',
    replies: { 200: { shape: QosPolicyBody, description: 'The policy.' } },
    problems: { 404: 'qos_policy_not_found' },
  })
  async get(@CurrentCaller() caller: Caller, @PathId() id: string): Promise<HttpReply> {
    const policy = await this.policies.get(id, projectToReadIn(caller));
    return ok(qosPolicyView(policy), { etag: etagOf(policy.version) });
  }

  @Patch(':id')
  @HttpCode(202)
  @Operation({
    id: 'updateQosPolicy',
    tag: TAG,
    summary: 'Change a QoS policy',
    description: 'Everything that is under it follows, cluster by cluster.',
    conditional: true,
    replies: {
      200: { shape: QosPolicyAccepted, description: 'No cluster has it: there is nothing to be done.' },
      202: { shape: QosPolicyAccepted, description: 'The policy as it is to be, and the task.' },
    },
    problems: { 404: 'qos_policy_not_found', 409: 'qos_policy_state_conflict' },
  })
  async update(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: QosPolicyPatchBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    const { name, description, bandwidth_limits: limits } = body;
    const patch = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(limits === undefined ? {} : { bandwidthLimits: limitsOf(limits) }),
    };
    return this.changes.change(
      caller,
      ifMatch,
      (tx, origin, check) => this.policies.update(tx, id, patch, origin, check),
      (made) => shown(made),
    );
  }

  @Delete(':id')
  @HttpCode(202)
  @Operation({
    id: 'deleteQosPolicy',
    tag: TAG,
    summary: 'Delete a QoS policy that nothing is under',
    conditional: true,
    replies: {
      200: { shape: QosPolicyAccepted, description: 'No cluster had it: it is gone.' },
      202: { shape: QosPolicyAccepted, description: 'The policy and the task.' },
    },
    problems: { 404: 'qos_policy_not_found', 409: 'qos_policy_in_use' },
  })
  async delete(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    return this.changes.change(
      caller,
      ifMatch,
      (tx, origin, check) => this.policies.delete(tx, id, origin, check),
      (made) => shown(made),
    );
  }
}

const limitsOf = (limits: readonly BandwidthLimitBody[]) =>
  limits.map(({ direction, max_kbps, max_burst_kbps = 0 }) => ({ direction, max_kbps, max_burst_kbps }));

const shown = ({ policy }: { policy: QosPolicyDetail }, withoutTask: 200 | 201 = 200): Shown => ({
  path: '/v1/qos_policies',
  name: 'qos_policy',
  body: qosPolicyView(policy),
  withoutTask,
});
