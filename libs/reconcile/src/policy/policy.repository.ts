import { Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import { ReconcilePolicy } from './reconcile-policy.entity.js';
import type { PolicyRow } from './policy.rules.js';

@Injectable()
export class PolicyRepository {
  /** All of them: there are a few dozen at most. */
  async all(tx: Transaction): Promise<PolicyRow[]> {
    return tx.find(ReconcilePolicy);
  }

  async find(tx: Transaction, id: string): Promise<ReconcilePolicy | null> {
    return tx.findOneBy(ReconcilePolicy, { id });
  }

  async lock(tx: Transaction, id: string): Promise<ReconcilePolicy | null> {
    return tx.findOne(ReconcilePolicy, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** The one about this kind and place. */
  async lockAt(
    tx: Transaction,
    { kind, subjectKind, scope, scopeId }: PolicyRow,
  ): Promise<ReconcilePolicy | null> {
    const where = { kind, subjectKind, scope, scopeId };
    return tx.findOne(ReconcilePolicy, { where, lock: { mode: 'pessimistic_write' } });
  }

  async list(
    tx: Transaction,
    filter: { kind?: string | undefined; scopeId?: string | undefined },
    page: Page<'id'>,
  ): Promise<ReconcilePolicy[]> {
    const keyset = keysetSql(page, { id: 'id' }, 'id');
    const kind = filter.kind === undefined ? [] : ['kind = ?'];
    const scope = filter.scopeId === undefined ? [] : ['scope_id = ?'];
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM reconcile_policy WHERE ${[...kind, ...scope, keyset.where].join(' AND ')}
       ORDER BY ${keyset.orderBy} LIMIT ?`,
      [
        ...(filter.kind === undefined ? [] : [filter.kind]),
        ...(filter.scopeId === undefined ? [] : [filter.scopeId]),
        ...keyset.params,
        keyset.limit,
      ],
    );
    const ids = rows.map(({ id }) => id);
    if (!ids.length) return [];
    const found = await tx
      .createQueryBuilder(ReconcilePolicy, 'p')
      .where('p.id IN (:...ids)', { ids })
      .getMany();
    return found.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  }

  /** Makes the row of this place, or changes what it says. Returns its id. */
  async put(tx: Transaction, policy: PolicyRow): Promise<string> {
    const place = [policy.kind, policy.subjectKind, policy.scope, policy.scopeId];
    await change(
      tx,
      `INSERT INTO reconcile_policy (id, kind, subject_kind, scope, scope_id, action, max_per_hour, max_share,
         updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))
       ON DUPLICATE KEY UPDATE action = VALUES(action), max_per_hour = VALUES(max_per_hour),
         max_share = VALUES(max_share), version = version + 1, updated_at = VALUES(updated_at)`,
      [newId(), ...place, policy.action, policy.maxPerHour, policy.maxShare],
    );
    const [row] = await select<{ id: string }>(
      tx,
      'SELECT id FROM reconcile_policy WHERE kind = ? AND subject_kind = ? AND scope = ? AND scope_id = ?',
      place,
    );
    if (!row) throw new Error('a policy that was just written is not there');
    return row.id;
  }

  async set(
    tx: Transaction,
    id: string,
    { action, maxPerHour, maxShare }: Pick<PolicyRow, 'action' | 'maxPerHour' | 'maxShare'>,
  ): Promise<void> {
    await change(
      tx,
      `UPDATE reconcile_policy SET action = ?, max_per_hour = ?, max_share = ?, version = version + 1,
         updated_at = UTC_TIMESTAMP(6) WHERE id = ?`,
      [action, maxPerHour, maxShare, id],
    );
  }

  async remove(tx: Transaction, id: string): Promise<void> {
    await change(tx, 'DELETE FROM reconcile_policy WHERE id = ?', [id]);
  }
}
