import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { TokenService } from '@ultron/identity/token/token.service';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { CurrentCaller } from '../http/auth/current.caller.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { created, HttpReply } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { TokenCreateBody, TokenList, TokenMade, TokenQuery, tokenView, TokenView } from './token.dto.js';

@Controller('v1/tokens')
export class TokenController {
  constructor(
    private readonly tokens: TokenService,
    private readonly idempotency: Idempotency,
  ) {}

  @Post()
  @Operation({
    id: 'createToken',
    tag: 'Tokens',
    summary: 'Create a token',
    description: 'The secret is shown once, in the answer; only its hash is kept.',
    access: 'admin',
    replies: { 201: { shape: TokenMade, description: 'The token and its secret.' } },
    problems: { 404: 'project_not_found', 422: 'token_role_project' },
    bodyExample: {
      name: 'deploy pipeline',
      role: 'member',
      project_id: '00000000-0000-7000-8000-000000000001',
    },
  })
  async create(
    @Body() body: TokenCreateBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    let shownOnce: string | null = null;
    const { body: stored, ...reply } = await this.idempotency.run(claim, async (tx) => {
      const { token, secret } = await this.tokens.create(tx, {
        name: body.name,
        role: body.role,
        projectId: body.project_id,
        expiresAt: body.expires_at === undefined ? undefined : new Date(body.expires_at),
      });
      shownOnce = secret;
      return created(`/v1/tokens/${token.id}`, tokenView(token));
    });
    // The stored answer is kept for a day, so the secret must not be in it.
    const headers = { ...reply.headers, 'cache-control': 'no-store' };
    return new HttpReply(reply.statusCode, { token: stored, secret: shownOnce }, headers);
  }

  @Get()
  @Operation({
    id: 'listTokens',
    tag: 'Tokens',
    summary: 'List the tokens',
    description: 'Their secrets are not kept and so not shown.',
    access: 'admin',
    replies: { 200: { shape: TokenList, description: 'A page of tokens.' } },
  })
  async list(@CurrentCaller() caller: Caller, @Query() query: TokenQuery): Promise<HttpReply> {
    return listReply({
      path: '/v1/tokens',
      name: 'tokens',
      query,
      defaultSort: 'created_at',
      shape: TokenView,
      find: async (page) => (await this.tokens.list(caller, query.project_id, page)).map(tokenView),
      sortValue: (token, sort: 'created_at' | 'name') => token[sort],
    });
  }

  @Get(':id')
  @Operation({
    id: 'getToken',
    tag: 'Tokens',
    summary: 'Show a token',
    access: 'admin',
    replies: { 200: { shape: TokenView, description: 'The token.' } },
    problems: { 404: 'token_not_found' },
  })
  async get(@CurrentCaller() caller: Caller, @PathId() id: string): Promise<TokenView> {
    return tokenView(await this.tokens.get(caller, id));
  }

  @Delete(':id')
  @Operation({
    id: 'revokeToken',
    tag: 'Tokens',
    summary: 'Revoke a token',
    description:
      'It stops being valid within three seconds on every process. Revoking it again changes nothing.',
    access: 'admin',
    replies: { 200: { shape: TokenView, description: 'The token, revoked.' } },
    problems: { 404: 'token_not_found' },
  })
  async revoke(@CurrentCaller() caller: Caller, @PathId() id: string): Promise<TokenView> {
    return tokenView(await this.tokens.revoke(caller, id));
  }
}
