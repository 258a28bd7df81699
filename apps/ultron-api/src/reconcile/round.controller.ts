import { Body, Controller, Get, Headers, HttpCode, Patch, Post, Query } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { Database } from '@ultron/platform/database/database.service';
import { Idempotency, type IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { ReconcileRound } from '@ultron/reconcile/round/reconcile-round.entity';
import { RoundService } from '@ultron/reconcile/round/round.service';
import { CurrentCaller } from '../http/auth/current.caller.js';
import { Operation } from '../http/operation/operation.decorator.js';
import { listReply } from '../http/paging/page.reply.js';
import { PathId } from '../http/path.id.js';
import { checkIfMatch, etagOf } from '../http/reply/etag.js';
import { HttpReply, ok } from '../http/reply/http.reply.js';
import { IdempotencyKey } from '../http/reply/idempotency-key.js';
import { DecisionBody } from './decision.dto.js';
import { RoundPage, RoundPatchBody, RoundQuery, roundView, RoundView } from './round.dto.js';
import { limitsOf } from './policy.dto.js';

const TAG = 'Findings';

@Controller('v1/reconcile_rounds')
export class RoundController {
  constructor(
    private readonly rounds: RoundService,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  @Get()
  @Operation({
    id: 'listReconcileRounds',
    tag: TAG,
    summary: 'List when clusters were compared, and where repairs are stopped',
    access: 'admin',
    replies: { 200: { shape: RoundPage, description: 'A page, one entry for a cluster.' } },
  })
  async list(@Query() query: RoundQuery): Promise<HttpReply> {
    return listReply<RoundView, 'cluster_id'>({
      path: '/v1/reconcile_rounds',
      name: 'rounds',
      query,
      defaultSort: 'cluster_id',
      shape: RoundView,
      find: async (page) => (await this.rounds.list({ braked: query.braked }, page)).map(roundView),
      sortValue: () => null,
      idOf: (round) => round.cluster_id,
    });
  }

  @Get(':id')
  @Operation({
    id: 'getReconcileRound',
    tag: TAG,
    summary: 'Show when a cluster was compared, and its brake',
    access: 'admin',
    replies: { 200: { shape: RoundView, description: 'The last round, and the brake.' } },
    problems: { 404: 'round_not_found' },
  })
  async get(@PathId() id: string): Promise<HttpReply> {
    const round = await this.rounds.get(id);
    return ok(roundView(round), { etag: etagOf(round.version) });
  }

  @Patch(':id')
  @Operation({
    id: 'updateReconcileRound',
    tag: TAG,
    summary: 'Change how much may be repaired before all repairs stop',
    access: 'admin',
    conditional: true,
    replies: { 200: { shape: RoundView, description: 'The brake as it is now.' } },
    problems: { 404: 'round_not_found' },
  })
  async update(
    @PathId() id: string,
    @Body() body: RoundPatchBody,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<HttpReply> {
    const round = await this.database.transaction((tx) =>
      this.rounds.setLimits(tx, id, limitsOf(body), (version) => checkIfMatch(ifMatch, version)),
    );
    return ok(roundView(round), { etag: etagOf(round.version) });
  }

  @Post(':id/run')
  @HttpCode(200)
  @Operation({
    id: 'runReconcileRound',
    tag: TAG,
    summary: 'Compare a cluster now',
    access: 'admin',
    replies: { 200: { shape: RoundView, description: 'It is compared within seconds.' } },
    problems: { 404: 'round_not_found' },
  })
  async run(@PathId() id: string, @IdempotencyKey() claim: IdempotencyClaim | undefined): Promise<HttpReply> {
    return this.once(claim, (tx) => this.rounds.runNow(tx, id));
  }

  @Post(':id/stop')
  @HttpCode(200)
  @Operation({
    id: 'stopRepairs',
    tag: TAG,
    summary: 'Stop repairs in a cluster',
    description: 'None begins by itself until they are released; what was begun goes on.',
    access: 'admin',
    replies: { 200: { shape: RoundView, description: 'The brake as it is now.' } },
    problems: { 404: 'round_not_found' },
  })
  async stop(
    @CurrentCaller() caller: Caller,
    @PathId() id: string,
    @Body() body: DecisionBody,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    const reason = body.reason ?? `stopped by token ${caller.tokenId}`;
    return this.once(claim, (tx) => this.rounds.stop(tx, id, reason));
  }

  @Post(':id/release')
  @HttpCode(200)
  @Operation({
    id: 'releaseRepairs',
    tag: TAG,
    summary: 'Let repairs in a cluster go on',
    description: 'Those of the last hour do not count any more.',
    access: 'admin',
    replies: { 200: { shape: RoundView, description: 'The brake as it is now.' } },
    problems: { 404: 'round_not_found' },
  })
  async release(
    @PathId() id: string,
    @IdempotencyKey() claim: IdempotencyClaim | undefined,
  ): Promise<HttpReply> {
    return this.once(claim, (tx) => this.rounds.release(tx, id));
  }

  private async once(
    claim: IdempotencyClaim | undefined,
    work: (tx: Transaction) => Promise<ReconcileRound>,
  ): Promise<HttpReply> {
    return HttpReply.from(await this.idempotency.run(claim, async (tx) => ok(roundView(await work(tx)))));
  }
}
