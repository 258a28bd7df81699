import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { FlavorService } from '@ultron/compute/flavor/flavor.service';
import {
  Idempotency,
  type IdempotencyClaim,
  type Reply,
} from '@ultron/platform/idempotency/idempotency.service';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { currentContext, newContext } from '@ultron/platform/context/request-context';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { accepted, HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import {
  FlavorAccepted,
  FlavorBody,
  FlavorCreateBody,
  FlavorList,
  flavorView,
  NamedThingQuery,
} from './flavor.dto.js';
import { pageOfNamed } from '../http/paging/named.page.js';

const TAG = 'Flavors';

@Controller('v1/flavors')
export class FlavorController {
  constructor(
    private readonly flavors: FlavorService,
    private readonly tasks: TaskService,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation({
    id: 'createFlavor',
    tag: TAG,
    summary: 'Create a flavor in all clusters',
    description: 'One task for each cluster that takes new servers, under a common parent.',
    access: 'admin',
    replies: { 202: { shape: FlavorAccepted, description: 'The flavor and the task.' } },
    problems: { 409: 'flavor_name_taken' },
  })
  async create(
    @Body() body: FlavorCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const { name, vcpus, ram_mb: ramMb, disk_gb: diskGb } = body;
    const { traceId, traceparent } = currentContext() ?? newContext();
    let ring: NewTask[] = [];
    const reply = await this.idempotency.run(claim, async (tx): Promise<Reply> => {
      const made = await this.flavors.create(tx, { name, vcpus, ramMb, diskGb }, { traceId, traceparent });
      ({ ring } = made);
      const task = { id: made.task.id, kind: made.task.kind, status: 'queued' };
      const answer = { flavor: flavorView(made.flavor), task };
      return accepted(`/v1/flavors/${made.flavor.id}`, answer);
    });
    this.tasks.ring(ring);
    return HttpReply.from(reply);
  }

  @Get()
  @Operation({
    id: 'listFlavors',
    tag: TAG,
    summary: 'List the flavors',
    description:
      'The first cluster that shows a flavor gives the name its size; one of another size in another cluster is not ' +
      'used there. `/v1/clusters/{id}` shows what is left out and why.',
    replies: { 200: { shape: FlavorList, description: 'A page of flavors.' } },
  })
  async list(@Query() query: NamedThingQuery): Promise<HttpReply> {
    const flavors = (await this.flavors.list()).filter(
      ({ name }) => query.name === undefined || name === query.name,
    );
    return listReply<FlavorBody, 'name'>({
      path: '/v1/flavors',
      name: 'flavors',
      query,
      defaultSort: 'name',
      shape: FlavorBody,
      find: async (page) => pageOfNamed(flavors, page).map(flavorView),
      sortValue: (flavor) => flavor.name,
    });
  }

  @Get(':id')
  @Operation({
    id: 'getFlavor',
    tag: TAG,
    summary: 'Show a flavor',
    replies: { 200: { shape: FlavorBody, description: 'The flavor.' } },
    problems: { 404: 'flavor_not_found' },
  })
  async get(@PathId() id: string): Promise<HttpReply> {
    return ok(flavorView(await this.flavors.get(id)));
  }
}
