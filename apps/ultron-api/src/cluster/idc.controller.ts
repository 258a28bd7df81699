import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { IdcService } from '@ultron/cluster/idc/idc.service';
import type { NamedSort } from '@ultron/cluster/named/named.repository';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { created, HttpReply } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { IdcBody, IdcCreateBody, IdcList, NamedQuery, namedView } from './named.dto.js';

@Controller('v1/idcs')
export class IdcController {
  constructor(
    private readonly idcs: IdcService,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Operation({
    id: 'createIdc',
    tag: 'IDCs',
    summary: 'Create an IDC',
    description: 'It is there at once; there is no task.',
    access: 'admin',
    replies: { 201: { shape: IdcBody, description: 'What was made.' } },
    problems: { 409: 'idc_name_taken' },
  })
  async create(
    @Body() body: IdcCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const reply = await this.idempotency.run(claim, async (tx) => {
      const row = await this.idcs.create(tx, body);
      return created(`/v1/idcs/${row.id}`, namedView(row));
    });
    return HttpReply.from(reply);
  }

  @Get()
  @Operation({
    id: 'listIdcs',
    tag: 'IDCs',
    summary: 'List the IDCs',
    access: 'admin',
    replies: { 200: { shape: IdcList, description: 'A page of them.' } },
  })
  async list(@Query() query: NamedQuery): Promise<HttpReply> {
    return listReply({
      path: '/v1/idcs',
      name: 'idcs',
      query,
      defaultSort: 'name',
      shape: IdcBody,
      find: async (page) => (await this.idcs.list(page)).map(namedView),
      sortValue: (row, sort: NamedSort) => row[sort],
    });
  }

  @Get(':id')
  @Operation({
    id: 'getIdc',
    tag: 'IDCs',
    summary: 'Show an IDC',
    access: 'admin',
    replies: { 200: { shape: IdcBody, description: 'It.' } },
  })
  async get(@PathId() id: string): Promise<IdcBody> {
    return namedView(await this.idcs.get(id));
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation({
    id: 'deleteIdc',
    tag: 'IDCs',
    summary: 'Delete an IDC to which no cluster belongs',
    access: 'admin',
    replies: { 204: { description: 'It is gone.' } },
    problems: { 409: 'idc_in_use' },
  })
  async delete(@PathId() id: string): Promise<void> {
    await this.idcs.delete(id);
  }
}
