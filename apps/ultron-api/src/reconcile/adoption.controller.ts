import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ClusterNames } from '@ultron/cluster/cluster/cluster-names';
import type { Caller } from '@ultron/identity/caller/caller';
import { ProjectService } from '@ultron/identity/project/project.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import type { Adoption } from '@ultron/reconcile/adoption/adoption.entity';
import { AdoptionService } from '@ultron/reconcile/adoption/adoption.service';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { CurrentCaller } from '../http/auth/current.caller.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { accepted, HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { deciderOf } from './decider.js';
import {
  AdoptionAccepted,
  AdoptionCreateBody,
  AdoptionPage,
  AdoptionPlanView,
  AdoptionQuery,
  adoptionView,
  AdoptionView,
} from './adoption.dto.js';

const TAG = 'Adoption';

@Controller('v1/adoptions')
export class AdoptionController {
  constructor(
    private readonly adoptions: AdoptionService,
    private readonly projects: ProjectService,
    private readonly clusters: ClusterNames,
    private readonly tasks: TaskService,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation({
    id: 'adopt',
    tag: TAG,
    summary: 'Adopt a server, port or network that Ultron did not make',
    description:
      'It becomes the project’s, with its ports: an adopted server is then like any other of `/v1/servers`. In its ' +
      'cluster nothing is changed unless the mark is wished for. What is there to adopt are the findings of the kind ' +
      '`orphan`. With `dry_run` the answer is 200 with the rows that would come to be.',
    access: 'admin',
    replies: {
      200: { shape: AdoptionPlanView, description: 'What would come to be.' },
      202: { shape: AdoptionAccepted, description: 'The adoption and its task.' },
    },
    problems: { 404: 'project_not_found', 409: 'adoptee_ours', 422: 'adoptee_unknown' },
  })
  async adopt(
    @CurrentCaller() caller: Caller,
    @Body() body: AdoptionCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const { cluster, kind, openstack_id: openstackId, project_id: projectId, mark = false } = body;
    await this.projects.get(projectId);
    const wish = { cluster, kind, openstackId, projectId, mark };
    if (body.dry_run) return ok({ rows: await this.adoptions.plan(wish) } satisfies AdoptionPlanView);
    return this.acceptedOnce(claim, (tx) => this.adoptions.adopt(tx, wish, deciderOf(caller)));
  }

  @Get()
  @Operation({
    id: 'listAdoptions',
    tag: TAG,
    summary: 'List what was adopted',
    access: 'admin',
    replies: { 200: { shape: AdoptionPage, description: 'A page of adoptions.' } },
    problems: { 404: 'cluster_not_found' },
  })
  async list(@Query() query: AdoptionQuery): Promise<HttpReply> {
    const filter = {
      projectId: query.project_id,
      clusterId: query.cluster === undefined ? undefined : await this.clusters.idOf(query.cluster),
      subjectKind: query.kind,
      status: query.status,
      openstackId: query.openstack_id,
    };
    return listReply<AdoptionView, 'id'>({
      path: '/v1/adoptions',
      name: 'adoptions',
      query,
      defaultSort: '-id',
      shape: AdoptionView,
      find: async (page) => (await this.adoptions.list(filter, page)).map(adoptionView),
      sortValue: () => null,
    });
  }

  @Get(':id')
  @Operation({
    id: 'getAdoption',
    tag: TAG,
    summary: 'Show an adoption',
    access: 'admin',
    replies: { 200: { shape: AdoptionView, description: 'The adoption.' } },
    problems: { 404: 'adoption_not_found' },
  })
  async get(@PathId() id: string): Promise<AdoptionView> {
    return adoptionView(await this.adoptions.get(id, undefined));
  }

  @Post(':id/release')
  @HttpCode(202)
  @Operation({
    id: 'releaseAdoption',
    tag: TAG,
    summary: 'Give up what was adopted',
    description:
      'In its cluster it stays as it is, without Ultron’s mark; it is nobody’s again, and no rule adopts it anew. While a ' +
      'task is at work on it this is refused.',
    access: 'admin',
    replies: { 202: { shape: AdoptionAccepted, description: 'The adoption and the task that gives it up.' } },
    problems: { 404: 'adoption_not_found', 409: 'adoption_state_conflict' },
  })
  async release(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    return this.acceptedOnce(claim, (tx) => this.adoptions.release(tx, id, deciderOf(caller)));
  }

  private async acceptedOnce(
    claim: IdempotencyClaim | undefined,
    work: (tx: Transaction) => Promise<{ adoption: Adoption; task: NewTask }>,
  ): Promise<HttpReply> {
    let ring: NewTask | undefined;
    const reply = await this.idempotency.run(claim, async (tx) => {
      const { adoption, task } = await work(tx);
      ring = task;
      const body: AdoptionAccepted = {
        adoption: adoptionView(adoption),
        task: { id: task.id, kind: task.kind, status: 'queued' },
      };
      return accepted(`/v1/adoptions/${adoption.id}`, body);
    });
    if (ring) this.tasks.ring([ring]);
    return HttpReply.from(reply);
  }
}
