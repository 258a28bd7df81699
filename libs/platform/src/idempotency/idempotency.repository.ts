import { Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import type { Transaction } from '../database/transaction.js';
import type { ClaimOutcome, IdempotencyClaim, Reply } from './idempotency.service.js';

interface KeyRow {
  scope: string;
  idempotency_key: string;
  claim_id: string;
  request_hash: string;
  status_code: number | null;
  headers: Record<string, string> | null;
  body: unknown;
}

@Injectable()
export class IdempotencyRepository {
  /**
   * The insert of a key that another open transaction holds waits for that transaction, so a second first use sees the
   * first one's reply. Keys are inserted in order, so that two batches cannot wait for each other.
   */
  async claimMany(tx: Transaction, claims: readonly IdempotencyClaim[]): Promise<ClaimOutcome[]> {
    if (claims.length === 0) return [];
    const firsts = firstOfEach(claims);
    const rows = firsts.map(({ claim }) => [claim.scope, claim.key, newId(), claim.requestHash]);
    rows.sort((a, b) => (`${a[0]}\n${a[1]}` < `${b[0]}\n${b[1]}` ? -1 : 1));
    await tx.query(
      `INSERT IGNORE INTO idempotency_key (scope, idempotency_key, claim_id, request_hash, created_at)
       VALUES ${rows.map(() => '(?, ?, ?, ?, UTC_TIMESTAMP(6))').join(', ')}`,
      rows.flat(),
    );
    const stored = await this.find(
      tx,
      firsts.map(({ claim }) => claim),
    );
    const mine = new Set(rows.map((row) => row[2]));
    const indexOf = new Map(firsts.map(({ claim, index }) => [name(claim), index]));
    return claims.map((claim, index) => outcome(claim, index, stored.get(name(claim)), mine, indexOf));
  }

  async record(
    tx: Transaction,
    replies: readonly { claim: IdempotencyClaim; reply: Reply }[],
  ): Promise<void> {
    if (replies.length === 0) return;
    const rows = replies.map(({ claim, reply }) => [
      claim.scope,
      claim.key,
      '',
      claim.requestHash,
      reply.statusCode,
      JSON.stringify(reply.headers ?? {}),
      JSON.stringify(reply.body ?? null),
    ]);
    await tx.query(
      `INSERT INTO idempotency_key (scope, idempotency_key, claim_id, request_hash, status_code, headers, body, created_at)
       VALUES ${rows.map(() => '(?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))').join(', ')}
       ON DUPLICATE KEY UPDATE status_code = VALUES(status_code), headers = VALUES(headers), body = VALUES(body)`,
      rows.flat(),
    );
  }

  /** Forgets the keys that are older than the retention; returns how many. */
  async purge(tx: Transaction, olderThanHours: number, limit: number): Promise<number> {
    const result = (await tx.query(
      'DELETE FROM idempotency_key WHERE created_at < UTC_TIMESTAMP(6) - INTERVAL ? HOUR ORDER BY created_at LIMIT ?',
      [olderThanHours, limit],
    )) as { affectedRows: number };
    return result.affectedRows;
  }

  private async find(tx: Transaction, claims: readonly IdempotencyClaim[]): Promise<Map<string, KeyRow>> {
    const rows = (await tx.query(
      `SELECT scope, idempotency_key, claim_id, request_hash, status_code, headers, body FROM idempotency_key
       WHERE (scope, idempotency_key) IN (${claims.map(() => '(?, ?)').join(', ')})`,
      claims.flatMap((claim) => [claim.scope, claim.key]),
    )) as KeyRow[];
    return new Map(rows.map((row) => [`${row.scope}\n${row.idempotency_key}`, row]));
  }
}

const name = (claim: IdempotencyClaim) => `${claim.scope}\n${claim.key}`;

function firstOfEach(claims: readonly IdempotencyClaim[]): { claim: IdempotencyClaim; index: number }[] {
  const seen = new Map<string, { claim: IdempotencyClaim; index: number }>();
  claims.forEach((claim, index) => {
    if (!seen.has(name(claim))) seen.set(name(claim), { claim, index });
  });
  return [...seen.values()];
}

function outcome(
  claim: IdempotencyClaim,
  index: number,
  row: KeyRow | undefined,
  mine: ReadonlySet<string | undefined>,
  indexOf: ReadonlyMap<string, number>,
): ClaimOutcome {
  if (!row) throw new Error(`the idempotency key of ${claim.scope} vanished while it was claimed`);
  if (row.request_hash !== claim.requestHash) return { kind: 'mismatch', fault: reused() };
  const first = indexOf.get(name(claim)) ?? index;
  if (mine.has(row.claim_id)) return first === index ? { kind: 'first' } : { kind: 'twin', of: first };
  return {
    kind: 'replay',
    reply: { statusCode: row.status_code ?? 202, body: row.body, headers: row.headers ?? {} },
  };
}

function reused(): Fault {
  return new Fault({
    code: 'idempotency_key_reused',
    category: 'invalid',
    detail: 'This Idempotency-Key was used before with another request; use a new key for a new request.',
  });
}
