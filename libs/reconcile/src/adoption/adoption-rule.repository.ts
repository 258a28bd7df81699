import { Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { isDuplicate } from '@ultron/platform/database/database.errors';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import { AdoptionRule } from './adoption.entity.js';

export type NewAdoptionRule = Omit<AdoptionRule, 'version' | 'createdAt'>;

@Injectable()
export class AdoptionRuleRepository {
  /** @throws Fault `adoption_rule_name_taken`. */
  async insert(tx: Transaction, rule: NewAdoptionRule): Promise<void> {
    try {
      await change(
        tx,
        `INSERT INTO adoption_rule (id, name, project_id, subject_kinds, cluster_id, openstack_project_id, name_pattern,
           metadata, mark, enabled, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))`,
        [
          rule.id,
          rule.name,
          rule.projectId,
          JSON.stringify(rule.subjectKinds),
          rule.clusterId,
          rule.openstackProjectId,
          rule.namePattern,
          JSON.stringify(rule.metadata),
          rule.mark,
          rule.enabled,
        ],
      );
    } catch (error) {
      throw isDuplicate(error) ? nameTaken(rule.name) : error;
    }
  }

  async find(tx: Transaction, id: string): Promise<AdoptionRule | null> {
    return tx.findOneBy(AdoptionRule, { id });
  }

  async lock(tx: Transaction, id: string): Promise<AdoptionRule | null> {
    return tx.findOne(AdoptionRule, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** In the order in which they were made: the first that matches decides. */
  async enabled(tx: Transaction): Promise<AdoptionRule[]> {
    return tx.find(AdoptionRule, { where: { enabled: true }, order: { id: 'ASC' } });
  }

  async list(
    tx: Transaction,
    filter: { projectId?: string | undefined; name?: string | undefined },
    page: Page<'id'>,
  ): Promise<AdoptionRule[]> {
    const keyset = keysetSql(page, { id: 'id' }, 'id');
    const all: [string, unknown][] = [
      ['project_id = ?', filter.projectId],
      ['name = ?', filter.name],
    ];
    const given = all.filter(([, value]) => value !== undefined);
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM adoption_rule WHERE ${[...given.map(([sql]) => sql), keyset.where].join(' AND ')}
       ORDER BY ${keyset.orderBy} LIMIT ?`,
      [...given.map(([, value]) => value), ...keyset.params, keyset.limit],
    );
    const ids = rows.map(({ id }) => id);
    if (!ids.length) return [];
    const found = await tx
      .createQueryBuilder(AdoptionRule, 'r')
      .where('r.id IN (:...ids)', { ids })
      .getMany();
    return found.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  }

  async setEnabled(tx: Transaction, id: string, enabled: boolean): Promise<void> {
    await change(tx, 'UPDATE adoption_rule SET enabled = ?, version = version + 1 WHERE id = ?', [
      enabled,
      id,
    ]);
  }

  async remove(tx: Transaction, id: string): Promise<void> {
    await change(tx, 'DELETE FROM adoption_rule WHERE id = ?', [id]);
  }
}

const nameTaken = (name: string): Fault =>
  new Fault({
    code: 'adoption_rule_name_taken',
    category: 'conflict',
    detail: `There is an adoption rule named ${name} already.`,
    fields: [{ pointer: '/name', detail: 'is taken' }],
  });
