import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import type { NewToken, TokenRow } from './token.row.js';

export type TokenSort = 'created_at' | 'name';

const COLUMNS = 'id, project_id, role, name, hint, created_at, last_used_at, expires_at, revoked_at';
// Ids are made in the order of time.
const SORTS: Readonly<Record<TokenSort, string>> = { created_at: 'id', name: 'name' };

@Injectable()
export class TokenRepository {
  async insert(tx: Transaction, token: NewToken): Promise<void> {
    await change(tx, `${INSERT} ${VALUES}`, values(token));
  }

  /** Whether the token was written, which it is not when its id is there already. */
  async insertOnce(tx: Transaction, token: NewToken): Promise<boolean> {
    return (await change(tx, `INSERT IGNORE ${INTO} ${VALUES}`, values(token))) === 1;
  }

  async insertOrReplaceHash(tx: Transaction, token: NewToken): Promise<void> {
    await change(
      tx,
      `${INSERT} ${VALUES} ON DUPLICATE KEY UPDATE token_hash = VALUES(token_hash), revoked_at = NULL`,
      values(token),
    );
  }

  /** The token with the hash if it is valid now. */
  async findValid(tx: Transaction, hash: string): Promise<TokenRow | undefined> {
    const rows = await select<TokenRow>(
      tx,
      `SELECT ${COLUMNS} FROM api_token
        WHERE token_hash = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > UTC_TIMESTAMP(6))`,
      [hash],
    );
    return rows[0];
  }

  async find(tx: Transaction, id: string): Promise<TokenRow | undefined> {
    const rows = await select<TokenRow>(tx, `SELECT ${COLUMNS} FROM api_token WHERE id = ?`, [id]);
    return rows[0];
  }

  async list(tx: Transaction, projectId: string | undefined, page: Page<TokenSort>): Promise<TokenRow[]> {
    const keyset = keysetSql(page, SORTS, 'id');
    const ofProject = projectId === undefined ? '1' : 'project_id = ?';
    return await select<TokenRow>(
      tx,
      `SELECT ${COLUMNS} FROM api_token WHERE ${ofProject} AND ${keyset.where} ORDER BY ${keyset.orderBy} LIMIT ?`,
      [...(projectId === undefined ? [] : [projectId]), ...keyset.params, keyset.limit],
    );
  }

  async revoke(tx: Transaction, id: string): Promise<void> {
    await change(
      tx,
      'UPDATE api_token SET revoked_at = COALESCE(revoked_at, UTC_TIMESTAMP(6)) WHERE id = ?',
      [id],
    );
  }

  async markUsed(tx: Transaction, id: string): Promise<void> {
    await change(tx, 'UPDATE api_token SET last_used_at = UTC_TIMESTAMP(6) WHERE id = ?', [id]);
  }
}

const INTO = 'INTO api_token (id, project_id, role, name, hint, token_hash, expires_at, created_at)';
const INSERT = `INSERT ${INTO}`;
const VALUES = 'VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))';

const values = (token: NewToken) => [
  token.id,
  token.projectId,
  token.role,
  token.name,
  token.hint,
  token.hash,
  token.expiresAt,
];
