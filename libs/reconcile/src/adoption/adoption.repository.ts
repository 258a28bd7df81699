import { Injectable } from '@nestjs/common';
import type { FaultRecord } from '@ultron/kernel/fault';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import type { Adoptable } from './adoptable.js';
import { type AdoptedRow, Adoption, type AdoptionStatus } from './adoption.entity.js';
import type { NewAdoption } from './adoption.task.js';

export interface AdoptionFilter {
  projectId?: string | undefined;
  clusterId?: string | undefined;
  subjectKind?: Adoptable | undefined;
  status?: AdoptionStatus | undefined;
  openstackId?: string | undefined;
  resourceId?: string | undefined;
}

/** A person may have anything adopted again; a rule begins itself anew only with what failed, and not at once. */
const BY_A_PERSON = `status IN ('failed', 'released')`;
const BY_A_RULE = `status = 'failed' AND (ask_after IS NULL OR ask_after <= UTC_TIMESTAMP(6))`;

/** What was adopted; every statement about adoptions. */
@Injectable()
export class AdoptionRepository {
  /**
   * Asks for them. What failed, or was given up, is asked for anew under its old id; what is adopted, or is about to
   * be, is left out. A rule takes nothing that was given up, and what failed only when its pause is over. Returns those
   * that were taken, by the id that they have.
   */
  async ask(tx: Transaction, wishes: readonly NewAdoption[]): Promise<NewAdoption[]> {
    const taken: NewAdoption[] = [];
    for (const wish of wishes) {
      const id = (await this.askAnew(tx, wish)) ?? (await this.insert(tx, wish));
      if (id !== null) taken.push({ ...wish, id });
    }
    return taken;
  }

  private async askAnew(tx: Transaction, wish: NewAdoption): Promise<string | null> {
    const [row] = await select<{ id: string }>(
      tx,
      `SELECT id FROM adoption WHERE cluster_id = ? AND subject_kind = ? AND openstack_id = ?
         AND ${wish.ruleId === null ? BY_A_PERSON : BY_A_RULE} FOR UPDATE`,
      [wish.clusterId, wish.subjectKind, wish.openstackId],
    );
    if (!row) return null;
    await change(
      tx,
      `UPDATE adoption SET project_id = ?, rule_id = ?, mark = ?, resource_id = ?, status = 'requested', rows_made = '[]',
         fault = NULL, task_id = ?, ask_after = NULL, adopted_at = NULL, updated_at = UTC_TIMESTAMP(6) WHERE id = ?`,
      [wish.projectId, wish.ruleId, wish.mark, wish.resourceId, wish.taskId, row.id],
    );
    return row.id;
  }

  /** Null when there is one already. */
  private async insert(tx: Transaction, wish: NewAdoption): Promise<string | null> {
    await change(
      tx,
      `INSERT INTO adoption (id, cluster_id, subject_kind, openstack_id, project_id, rule_id, mark, resource_id, status,
         rows_made, task_id, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'requested', '[]', ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))
       ON DUPLICATE KEY UPDATE id = id`,
      [
        wish.id,
        wish.clusterId,
        wish.subjectKind,
        wish.openstackId,
        wish.projectId,
        wish.ruleId,
        wish.mark,
        wish.resourceId,
        wish.taskId,
      ],
    );
    // The count of rows does not tell: it is of those that matched, and that is 1 either way.
    return (await this.find(tx, wish.id)) ? wish.id : null;
  }

  /** Which of the things were given up: no rule takes them again. */
  async releasedOf(
    tx: Transaction,
    { clusterId, kind }: { clusterId: string; kind: Adoptable },
    openstackIds: readonly string[],
  ): Promise<Set<string>> {
    if (!openstackIds.length) return new Set();
    const rows = await select<{ id: string }>(
      tx,
      `SELECT openstack_id AS id FROM adoption
       WHERE cluster_id = ? AND subject_kind = ? AND openstack_id IN (?) AND status = 'released'`,
      [clusterId, kind, openstackIds],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async find(tx: Transaction, id: string): Promise<Adoption | null> {
    return tx.findOneBy(Adoption, { id });
  }

  async lock(tx: Transaction, id: string): Promise<Adoption | null> {
    return tx.findOne(Adoption, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async findOf(
    tx: Transaction,
    thing: { clusterId: string; subjectKind: Adoptable; openstackId: string },
  ): Promise<Adoption | null> {
    return tx.findOneBy(Adoption, thing);
  }

  /** One more than the page asks for, when there is one. */
  async list(tx: Transaction, filter: AdoptionFilter, page: Page<'id'>): Promise<Adoption[]> {
    const keyset = keysetSql(page, { id: 'id' }, 'id');
    const all: [string, unknown][] = [
      ['project_id = ?', filter.projectId],
      ['cluster_id = ?', filter.clusterId],
      ['subject_kind = ?', filter.subjectKind],
      ['status = ?', filter.status],
      ['openstack_id = ?', filter.openstackId],
      ['resource_id = ?', filter.resourceId],
    ];
    const given = all.filter(([, value]) => value !== undefined);
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM adoption WHERE ${[...given.map(([sql]) => sql), keyset.where].join(' AND ')}
       ORDER BY ${keyset.orderBy} LIMIT ?`,
      [...given.map(([, value]) => value), ...keyset.params, keyset.limit],
    );
    const ids = rows.map(({ id }) => id);
    if (!ids.length) return [];
    const found = await tx.createQueryBuilder(Adoption, 'a').where('a.id IN (:...ids)', { ids }).getMany();
    return found.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  }

  /** It is the project's, if the task is still the one that has it. */
  async adopted(
    tx: Transaction,
    adoption: { id: string; taskId: string; rows: readonly AdoptedRow[] },
  ): Promise<void> {
    await change(
      tx,
      `UPDATE adoption SET status = 'adopted', rows_made = ?, fault = NULL, failures = 0, ask_after = NULL,
         adopted_at = UTC_TIMESTAMP(6), updated_at = UTC_TIMESTAMP(6) WHERE id = ? AND task_id = ?`,
      [JSON.stringify(adoption.rows), adoption.id, adoption.taskId],
    );
  }

  /** It was not to be had, if the task is still the one that has it; rules leave it alone for `afterMs`. */
  async failed(
    tx: Transaction,
    adoption: { id: string; taskId: string; fault: FaultRecord; afterMs: number },
  ): Promise<void> {
    await change(
      tx,
      `UPDATE adoption SET status = 'failed', fault = ?, failures = failures + 1,
         ask_after = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND, updated_at = UTC_TIMESTAMP(6)
       WHERE id = ? AND task_id = ?`,
      [JSON.stringify(adoption.fault), adoption.afterMs * 1000, adoption.id, adoption.taskId],
    );
  }

  /** If the task is still the one that has it. */
  async move(
    tx: Transaction,
    adoption: { id: string; taskId: string; to: AdoptionStatus; fault?: FaultRecord | null },
  ): Promise<void> {
    await change(
      tx,
      `UPDATE adoption SET status = ?, fault = ?, updated_at = UTC_TIMESTAMP(6) WHERE id = ? AND task_id = ?`,
      [adoption.to, adoption.fault ? JSON.stringify(adoption.fault) : null, adoption.id, adoption.taskId],
    );
  }

  async handTo(tx: Transaction, id: string, taskId: string, status: AdoptionStatus): Promise<void> {
    await change(
      tx,
      'UPDATE adoption SET task_id = ?, status = ?, fault = NULL, updated_at = UTC_TIMESTAMP(6) WHERE id = ?',
      [taskId, status, id],
    );
  }
}
