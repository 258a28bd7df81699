import { Injectable } from '@nestjs/common';
import { change, rowsOf, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import type { SyncTierEntity } from './sync-tier.entity.js';
import type { Tier, TierSubject, TierView } from './tier.types.js';

export interface TierAssignment {
  subject: TierSubject;
  subjectId: string;
  tier: string;
}

export interface AssignmentFilter {
  subject?: TierSubject | undefined;
  tier?: string | undefined;
}

/** The tiers, and who has which. */
@Injectable()
export class SyncTierRepository {
  /** Best first. */
  async list(tx: Transaction): Promise<TierView[]> {
    return (await select<SyncTierEntity>(tx, 'SELECT * FROM sync_tier ORDER BY place')).map(toView);
  }

  async find(tx: Transaction, name: string): Promise<TierView | null> {
    const [row] = await select<SyncTierEntity>(tx, 'SELECT * FROM sync_tier WHERE name = ?', [name]);
    return row ? toView(row) : null;
  }

  async lock(tx: Transaction, name: string): Promise<TierView | null> {
    const [row] = await select<SyncTierEntity>(tx, 'SELECT * FROM sync_tier WHERE name = ? FOR UPDATE', [
      name,
    ]);
    return row ? toView(row) : null;
  }

  async update(tx: Transaction, tier: Tier): Promise<void> {
    await change(
      tx,
      `UPDATE sync_tier SET objective_ms = ?, changes_ms = ?, ids_ms = ?, full_ms = ?, brake_at_least = ?,
         brake_share = ?, version = version + 1, updated_at = UTC_TIMESTAMP(6) WHERE name = ?`,
      [
        tier.objectiveMs,
        tier.changesMs,
        tier.idsMs,
        tier.fullMs,
        tier.brake.atLeast,
        tier.brake.share,
        tier.name,
      ],
    );
  }

  async assignments(tx: Transaction): Promise<TierAssignment[]> {
    const rows = await select<{ subject_kind: TierSubject; subject_id: string; tier: string }>(
      tx,
      'SELECT subject_kind, subject_id, tier FROM sync_tier_assignment ORDER BY subject_kind, subject_id',
    );
    return rows.map((row) => ({ subject: row.subject_kind, subjectId: row.subject_id, tier: row.tier }));
  }

  /** One page and one more; in the order of what has the tier. */
  async page(tx: Transaction, filter: AssignmentFilter, page: Page<'id'>): Promise<TierAssignment[]> {
    const id = `CONCAT(subject_kind, '/', subject_id)`;
    const sql = keysetSql(page, { id }, id);
    const given = [
      ['subject_kind', filter.subject],
      ['tier', filter.tier],
    ].filter(([, value]) => value !== undefined);
    const rows = await select<{ subject_kind: TierSubject; subject_id: string; tier: string }>(
      tx,
      `SELECT subject_kind, subject_id, tier FROM sync_tier_assignment
       WHERE ${[...given.map(([column]) => `${column} = ?`), sql.where].join(' AND ')}
       ORDER BY ${sql.orderBy} LIMIT ${sql.limit}`,
      [...given.map(([, value]) => value), ...sql.params],
    );
    return rows.map((row) => ({ subject: row.subject_kind, subjectId: row.subject_id, tier: row.tier }));
  }

  async findAssignment(
    tx: Transaction,
    subject: TierSubject,
    subjectId: string,
  ): Promise<TierAssignment | null> {
    return this.assignment(tx, subject, subjectId, '');
  }

  async lockAssignment(
    tx: Transaction,
    subject: TierSubject,
    subjectId: string,
  ): Promise<TierAssignment | null> {
    return this.assignment(tx, subject, subjectId, 'FOR UPDATE');
  }

  async assign(tx: Transaction, { subject, subjectId, tier }: TierAssignment): Promise<void> {
    await change(
      tx,
      `INSERT INTO sync_tier_assignment (subject_kind, subject_id, tier, assigned_at)
       VALUES ${rowsOf(1, '(?, ?, ?, UTC_TIMESTAMP(6))')}
       ON DUPLICATE KEY UPDATE tier = VALUES(tier), assigned_at = VALUES(assigned_at)`,
      [subject, subjectId, tier],
    );
  }

  async unassign(tx: Transaction, subject: TierSubject, subjectId: string): Promise<void> {
    await change(tx, 'DELETE FROM sync_tier_assignment WHERE subject_kind = ? AND subject_id = ?', [
      subject,
      subjectId,
    ]);
  }

  private async assignment(
    tx: Transaction,
    subject: TierSubject,
    subjectId: string,
    lock: '' | 'FOR UPDATE',
  ): Promise<TierAssignment | null> {
    const [row] = await select<{ tier: string }>(
      tx,
      `SELECT tier FROM sync_tier_assignment WHERE subject_kind = ? AND subject_id = ? ${lock}`,
      [subject, subjectId],
    );
    return row ? { subject, subjectId, tier: row.tier } : null;
  }
}

const toView = (row: SyncTierEntity): TierView => ({
  name: row.name,
  place: row.place,
  objectiveMs: row.objective_ms,
  changesMs: row.changes_ms,
  idsMs: row.ids_ms,
  fullMs: row.full_ms,
  brake: { atLeast: row.brake_at_least, share: Number(row.brake_share) },
  version: row.version,
});
