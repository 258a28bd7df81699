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

/** What was adopted; every statement about adoptions. */
@Injectable()
export class AdoptionRepository {
  /**
   * Asks for them. What was adopted and is again nobody's is asked for anew under its old row; what is adopted, or is
   * about to be, is left out. Returns the ids that were taken.
   */
  async insertMany(tx: Transaction, adoptions: readonly NewAdoption[]): Promise<Set<string>> {
    const taken = new Set<string>();
    for (const one of adoptions) {
      await change(
        tx,
        `DELETE FROM adoption WHERE cluster_id = ? AND subject_kind = ? AND openstack_id = ?
           AND status IN ('failed', 'released')`,
        [one.clusterId, one.subjectKind, one.openstackId],
      );
      const made = await change(
        tx,
        `INSERT INTO adoption (id, cluster_id, subject_kind, openstack_id, project_id, rule_id, mark, resource_id, status,
           rows_made, task_id, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'requested', '[]', ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))
         ON DUPLICATE KEY UPDATE id = id`,
        [
          one.id,
          one.clusterId,
          one.subjectKind,
          one.openstackId,
          one.projectId,
          one.ruleId,
          one.mark,
          one.resourceId,
          one.taskId,
        ],
      );
      // 0 or 2 rows: the key was there.
      if (made === 1 && (await this.find(tx, one.id))) taken.add(one.id);
    }
    return taken;
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

  /** If the task is still the one that has it. */
  async move(
    tx: Transaction,
    adoption: {
      id: string;
      taskId: string;
      to: AdoptionStatus;
      rows?: readonly AdoptedRow[];
      fault?: FaultRecord | null;
    },
  ): Promise<boolean> {
    const moved = await change(
      tx,
      `UPDATE adoption SET status = ?, rows_made = COALESCE(?, rows_made), fault = ?, updated_at = UTC_TIMESTAMP(6)
       WHERE id = ? AND task_id = ?`,
      [
        adoption.to,
        adoption.rows ? JSON.stringify(adoption.rows) : null,
        adoption.fault ? JSON.stringify(adoption.fault) : null,
        adoption.id,
        adoption.taskId,
      ],
    );
    return moved === 1;
  }

  async handTo(tx: Transaction, id: string, taskId: string, status: AdoptionStatus): Promise<void> {
    await change(
      tx,
      'UPDATE adoption SET task_id = ?, status = ?, fault = NULL, updated_at = UTC_TIMESTAMP(6) WHERE id = ?',
      [taskId, status, id],
    );
  }
}
