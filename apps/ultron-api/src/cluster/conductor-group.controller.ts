import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { GroupAlarms, type GroupState } from '@ultron/cluster/conductor-group/group-alarms';
import { ConductorGroupService } from '@ultron/cluster/conductor-group/conductor-group.service';
import type { NamedSort } from '@ultron/cluster/named/named.repository';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { created, HttpReply } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import {
  ConductorGroupBody,
  ConductorGroupCreateBody,
  ConductorGroupList,
  groupView,
  NamedQuery,
} from './named.dto.js';

@Controller('v1/conductor_groups')
export class ConductorGroupController {
  constructor(
    private readonly groups: ConductorGroupService,
    private readonly idempotency: Idempotency,
    private readonly alarms: GroupAlarms,
  ) {}

  @Post()
  @Operation({
    id: 'createConductorGroup',
    tag: 'Conductor groups',
    summary: 'Create a conductor group',
    description: 'It is there at once; there is no task.',
    access: 'admin',
    replies: { 201: { shape: ConductorGroupBody, description: 'What was made.' } },
    problems: { 409: 'conductor_group_name_taken' },
  })
  async create(
    @Body() body: ConductorGroupCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const reply = await this.idempotency.run(claim, async (tx) => {
      const row = await this.groups.create(tx, body);
      return created(`/v1/conductor_groups/${row.id}`, groupView(row, undefined));
    });
    return HttpReply.from(reply);
  }

  @Get()
  @Operation({
    id: 'listConductorGroups',
    tag: 'Conductor groups',
    summary: 'List the conductor groups',
    description:
      'With their clusters and the conductors that serve them. `alarm` says when none does: the tasks of the group ' +
      'then wait, and fail only by their own deadlines.',
    access: 'admin',
    replies: { 200: { shape: ConductorGroupList, description: 'A page of them.' } },
  })
  async list(@Query() query: NamedQuery): Promise<HttpReply> {
    const states = await this.states();
    return listReply({
      path: '/v1/conductor_groups',
      name: 'conductor_groups',
      query,
      defaultSort: 'name',
      shape: ConductorGroupBody,
      find: async (page) => (await this.groups.list(page)).map((row) => groupView(row, states.get(row.name))),
      sortValue: (row, sort: NamedSort) => row[sort],
    });
  }

  @Get(':id')
  @Operation({
    id: 'getConductorGroup',
    tag: 'Conductor groups',
    summary: 'Show a conductor group',
    access: 'admin',
    replies: { 200: { shape: ConductorGroupBody, description: 'It.' } },
  })
  async get(@PathId() id: string): Promise<ConductorGroupBody> {
    const row = await this.groups.get(id);
    return groupView(row, (await this.states()).get(row.name));
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation({
    id: 'deleteConductorGroup',
    tag: 'Conductor groups',
    summary: 'Delete a conductor group to which no cluster belongs',
    access: 'admin',
    replies: { 204: { description: 'It is gone.' } },
    problems: { 409: 'conductor_group_in_use' },
  })
  async delete(@PathId() id: string): Promise<void> {
    await this.groups.delete(id);
  }

  private async states(): Promise<Map<string, GroupState>> {
    return new Map((await this.alarms.list()).map((state) => [state.name, state]));
  }
}
