import { Controller, Get, Query } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { Trail } from '@ultron/platform/trail/trail';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import type { HttpReply } from '../http/reply/http.reply.js';
import {
  OperatorEventPage,
  OperatorEventQuery,
  operatorEventView,
  OperatorEventView,
} from './operator-event.dto.js';

@Controller('v1/operator_events')
export class OperatorEventController {
  constructor(
    private readonly database: Database,
    private readonly trail: Trail,
  ) {}

  @Get()
  @Operation({
    id: 'listOperatorEvents',
    tag: 'Operators',
    summary: 'List who did what',
    description:
      'Whoever changed how Ultron works: stopped or released repairs, changed a policy, a limit, a tier, a rule of ' +
      'adoption, a source of notifications or a cluster, had a lane read or paused, drained a conductor. What follows ' +
      'from it is in the findings and tasks. Kept for a year.',
    access: 'admin',
    replies: { 200: { shape: OperatorEventPage, description: 'A page of them, newest first.' } },
  })
  async list(@Query() query: OperatorEventQuery): Promise<HttpReply> {
    const { subject_kind: subjectKind, subject_id: subjectId, actor, action, since, until } = query;
    const filter = { subjectKind, subjectId, actor, action, since: dateOf(since), until: dateOf(until) };
    return listReply<OperatorEventView, 'id'>({
      path: '/v1/operator_events',
      name: 'operator_events',
      query,
      defaultSort: '-id',
      shape: OperatorEventView,
      find: async (page) => (await this.trail.list(this.database.read, filter, page)).map(operatorEventView),
      sortValue: () => null,
    });
  }
}

const dateOf = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(text);
