import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { Database } from '@ultron/platform/database/database.service';
import { recordEvent } from '@ultron/platform/trail/trail';
import { GroupViewRepository } from '@ultron/sync/membership/group-view.repository';
import { LaneConductorRepository } from '@ultron/sync/membership/lane-conductor.repository';
import { TaskService } from '@ultron/tasks/task/task.service';
import { Operation } from '../http/operation/operation.decorator.js';
import { pageOfNamed } from '../http/paging/named.page.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { ConductorActionBody, ConductorBody, ConductorList, ConductorQuery } from './conductor.dto.js';

const TAG = 'Conductors';
/** A pass that is under way may go on for so long; then another conductor begins it anew. */
const GRACE_MS = 10_000;

@Controller('v1/conductors')
export class ConductorController {
  constructor(
    private readonly tasks: TaskService,
    private readonly groups: GroupViewRepository,
    private readonly members: LaneConductorRepository,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Get()
  @Operation({
    id: 'listConductors',
    tag: TAG,
    summary: 'List the conductors',
    description: 'The processes that run tasks, by their own word.',
    access: 'admin',
    replies: { 200: { shape: ConductorList, description: 'A page of conductors.' } },
  })
  async list(@Query() query: ConductorQuery): Promise<HttpReply> {
    const conductors = await this.all();
    return listReply<ConductorBody, 'name'>({
      path: '/v1/conductors',
      name: 'conductors',
      query,
      defaultSort: 'name',
      shape: ConductorBody,
      find: async (page) => pageOfNamed(conductors, page),
      sortValue: ({ name }) => name,
    });
  }

  @Get(':id')
  @Operation({
    id: 'getConductor',
    tag: TAG,
    summary: 'Show a conductor',
    access: 'admin',
    replies: { 200: { shape: ConductorBody, description: 'It.' } },
    problems: { 404: 'conductor_not_found' },
  })
  async get(@PathId() id: string): Promise<ConductorBody> {
    return this.existing(id);
  }

  @Post(':id/actions')
  @HttpCode(200)
  @Operation({
    id: 'actOnConductor',
    tag: TAG,
    summary: 'Drain a conductor, or let it work again',
    description:
      'One that is drained takes no more tasks and no more lanes; what it is at goes on until it waits or ends. Its ' +
      'lanes go to the other conductors of its group at once. When `lanes` is 0 it may be stopped without anybody ' +
      'noticing.',
    access: 'admin',
    replies: { 200: { shape: ConductorBody, description: 'The conductor.' } },
    problems: { 404: 'conductor_not_found' },
    bodyExample: { action: 'drain' },
  })
  async act(
    @PathId() id: string,
    @Body() { action }: ConductorActionBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const before = await this.existing(id);
    const draining = action === 'drain';
    const reply = await this.idempotency.run(claim, async (tx) => {
      await this.tasks.drain(tx, id, draining);
      await this.members.drain(tx, id, draining, GRACE_MS);
      await recordEvent(tx, {
        subject: { kind: 'conductor', id },
        action: draining ? 'drained' : 'undrained',
        before: placeOf(before),
        after: { ...placeOf(before), draining },
      });
      return ok({ ...(await this.existing(id)), draining });
    });
    return HttpReply.from(reply);
  }

  private async all(): Promise<ConductorBody[]> {
    const lanes = await this.groups.lanesOf(this.database.read);
    return (await this.tasks.conductors()).map((one) => ({ ...one, lanes: lanes.get(one.id) ?? 0 }));
  }

  private async existing(id: string): Promise<ConductorBody> {
    const found = (await this.all()).find((conductor) => conductor.id === id);
    if (found) return found;
    throw new Fault({
      code: 'conductor_not_found',
      category: 'not_found',
      detail: `There is no conductor ${id}.`,
    });
  }
}

const placeOf = ({ name, conductor_group, host, draining }: ConductorBody) => ({
  name,
  conductor_group,
  host,
  draining,
});
