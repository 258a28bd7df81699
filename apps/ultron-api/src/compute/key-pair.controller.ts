import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import type { KeyPairSort } from '@ultron/compute/key-pair/key-pair.repository';
import { KeyPairService } from '@ultron/compute/key-pair/key-pair.service';
import type { Caller } from '@ultron/identity/caller/caller';
import { projectToReadIn, projectToWriteIn } from '@ultron/identity/caller/caller.rules';
import { Database } from '@ultron/platform/database/database.service';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { CurrentCaller } from '../http/auth/current.caller.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { created, HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { KeyPairBody, KeyPairCreateBody, KeyPairList, KeyPairQuery, keyPairView } from './key-pair.dto.js';

const TAG = 'Key pairs';

@Controller('v1/key_pairs')
export class KeyPairController {
  constructor(
    private readonly keyPairs: KeyPairService,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Operation({
    id: 'createKeyPair',
    tag: TAG,
    summary: 'Import a public key',
    description: 'It is there at once; a cluster gets it with the first server that needs it.',
    replies: { 201: { shape: KeyPairBody, description: 'The key pair.' } },
    problems: { 409: 'key_pair_name_taken' },
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() body: KeyPairCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const projectId = projectToWriteIn(caller, body.project_id);
    const reply = await this.idempotency.run(claim, async (tx) => {
      const pair = await this.keyPairs.create(tx, projectId, body.name, body.public_key);
      return created(`/v1/key_pairs/${pair.id}`, keyPairView(pair));
    });
    return HttpReply.from(reply);
  }

  @Get()
  @Operation({
    id: 'listKeyPairs',
    tag: TAG,
    summary: 'List the key pairs',
    replies: { 200: { shape: KeyPairList, description: 'A page of key pairs.' } },
  })
  async list(@CurrentCaller() caller: Caller, @Query() query: KeyPairQuery): Promise<HttpReply> {
    const filter = { projectId: projectToReadIn(caller, query.project_id) };
    return listReply({
      path: '/v1/key_pairs',
      name: 'key_pairs',
      query,
      defaultSort: 'name',
      shape: KeyPairBody,
      find: async (page) => (await this.keyPairs.list(filter, page)).map(keyPairView),
      sortValue: (pair, sort: KeyPairSort) => (sort === 'name' ? pair.name : null),
    });
  }

  @Get(':id')
  @Operation({
    id: 'getKeyPair',
    tag: TAG,
    summary: 'Show a key pair',
    replies: { 200: { shape: KeyPairBody, description: 'The key pair.' } },
    problems: { 404: 'key_pair_not_found' },
  })
  async get(@CurrentCaller() caller: Caller, @PathId() id: string): Promise<HttpReply> {
    return ok(keyPairView(await this.keyPairs.get({ projectId: projectToReadIn(caller) }, id)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation({
    id: 'deleteKeyPair',
    tag: TAG,
    summary: 'Forget a key pair that no server names',
    replies: { 204: { description: 'It is forgotten.' } },
    problems: { 404: 'key_pair_not_found', 409: 'key_pair_in_use' },
  })
  async delete(@CurrentCaller() caller: Caller, @PathId() id: string): Promise<void> {
    await this.database.transaction((tx) =>
      this.keyPairs.delete(tx, { projectId: projectToReadIn(caller) }, id),
    );
  }
}
