import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { Database } from '../database/database.service.js';
import type { Transaction } from '../database/transaction.js';
import { IdempotencyRepository } from './idempotency.repository.js';

/** An answer that can be given again. */
export interface Reply {
  statusCode: number;
  body: unknown;
  /** `Location`, `Operation-Location`. */
  headers?: Record<string, string> | undefined;
}

export interface IdempotencyClaim {
  /** The project: the keys of two projects never meet. */
  scope: string;
  /** What the caller sent as `Idempotency-Key`. */
  key: string;
  /** See `requestHash`. */
  requestHash: string;
}

export type ClaimOutcome =
  /** Nobody used the key before: do the work, then `record` the reply in the same transaction. */
  | { kind: 'first' }
  /** The work was done before: answer the same. */
  | { kind: 'replay'; reply: Reply }
  /** An earlier claim of the same batch has the same key and body: answer as that one (its index). */
  | { kind: 'twin'; of: number }
  | { kind: 'mismatch'; fault: Fault };

@Injectable()
export class Idempotency {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(IdempotencyRepository) private readonly keys: IdempotencyRepository,
  ) {}

  /**
   * Does the work once per key and answers the same for 24 hours, also when the first call is still under way. Without
   * a claim it just does the work in a transaction.
   * @throws Fault `idempotency_key_reused` when the key came before with another request.
   */
  async run(claim: IdempotencyClaim | undefined, work: (tx: Transaction) => Promise<Reply>): Promise<Reply> {
    if (!claim) return this.database.transaction(work);
    return this.database.transaction(async (tx) => {
      const [outcome] = await this.claimMany(tx, [claim]);
      if (outcome?.kind === 'replay') return outcome.reply;
      if (outcome?.kind === 'mismatch') throw outcome.fault;
      const reply = await work(tx);
      await this.record(tx, [{ claim, reply }]);
      return reply;
    });
  }

  /** For the paths that write many requests in one transaction; the outcomes stand in the order of the claims. */
  async claimMany(tx: Transaction, claims: readonly IdempotencyClaim[]): Promise<ClaimOutcome[]> {
    return this.keys.claimMany(tx, claims);
  }

  /** Stores the replies of claims that came out as `first`. */
  async record(
    tx: Transaction,
    replies: readonly { claim: IdempotencyClaim; reply: Reply }[],
  ): Promise<void> {
    await this.keys.record(tx, replies);
  }
}
