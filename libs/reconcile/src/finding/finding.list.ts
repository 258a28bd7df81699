import { Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import { ReconcilePolicy } from '../policy/reconcile-policy.entity.js';
import { policyFor } from '../policy/policy.rules.js';
import type { RepairSort } from './repairs.js';
import { Finding, FindingEventRow } from './finding.entity.js';
import type { FindingKind, SubjectKind } from './finding.kinds.js';
import type { FindingState } from './finding.state.js';

export type FindingSort = 'id';

export interface FindingFilter {
  kind?: FindingKind | undefined;
  subjectKind?: SubjectKind | undefined;
  subjectId?: string | undefined;
  openstackId?: string | undefined;
  clusterId?: string | undefined;
  projectId?: string | undefined;
  state?: FindingState | undefined;
  firstSeenAfter?: Date | undefined;
  lastSeenAfter?: Date | undefined;
}

/** Findings for those who look at them. */
@Injectable()
export class FindingList {
  /** One more than the page asks for, when there is one. */
  async list(tx: Transaction, filter: FindingFilter, page: Page<FindingSort>): Promise<Finding[]> {
    const keyset = keysetSql(page, { id: 'id' }, 'id');
    const conditions = conditionsOf(filter);
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM finding WHERE ${[...conditions.map(([sql]) => sql), keyset.where].join(' AND ')}
       ORDER BY ${keyset.orderBy} LIMIT ?`,
      [...conditions.map(([, value]) => value), ...keyset.params, keyset.limit],
    );
    return this.listByIds(
      tx,
      rows.map(({ id }) => id),
    );
  }

  async listByIds(tx: Transaction, ids: readonly string[]): Promise<Finding[]> {
    if (!ids.length) return [];
    const found = await tx.createQueryBuilder(Finding, 'f').where('f.id IN (:...ids)', { ids }).getMany();
    const byId = new Map(found.map((finding) => [finding.id, finding]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** What happened to a finding, newest last. One more than the page asks for. */
  async events(tx: Transaction, findingId: string, page: Page<'id'>): Promise<FindingEventRow[]> {
    const keyset = keysetSql(page, { id: 'id' }, 'id');
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM finding_event WHERE finding_id = ? AND ${keyset.where} ORDER BY ${keyset.orderBy} LIMIT ?`,
      [findingId, ...keyset.params, keyset.limit],
    );
    const ids = rows.map(({ id }) => id);
    if (!ids.length) return [];
    const found = await tx
      .createQueryBuilder(FindingEventRow, 'e')
      .where('e.id IN (:...ids)', { ids })
      .getMany();
    return found.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  }

  /** How many findings of these sorts could be repaired now in the cluster. */
  async countRepairable(
    tx: Transaction,
    clusterId: string,
    sorts: readonly RepairSort[],
  ): Promise<(RepairSort & { n: number })[]> {
    if (!sorts.length) return [];
    const { where, values } = repairableSql(clusterId, sorts);
    const rows = await select<RepairSort & { n: number | string }>(
      tx,
      `SELECT kind, subject_kind AS subjectKind, COUNT(*) AS n FROM finding WHERE ${where} GROUP BY kind, subject_kind`,
      values,
    );
    return rows.map((row) => ({ ...row, n: Number(row.n) }));
  }

  /** Those of these sorts that could be repaired now in the cluster, the oldest first. */
  async repairable(
    tx: Transaction,
    clusterId: string,
    sorts: readonly RepairSort[],
    limit: number,
  ): Promise<Finding[]> {
    if (!sorts.length) return [];
    const { where, values } = repairableSql(clusterId, sorts);
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM finding WHERE ${where} ORDER BY id LIMIT ?`,
      [...values, limit],
    );
    return this.listByIds(
      tx,
      rows.map(({ id }) => id),
    );
  }

  /** How many are not resolved, by kind, state and cluster: for metrics and alarms. */
  async counts(
    tx: Transaction,
  ): Promise<{ kind: FindingKind; state: FindingState; cluster: string; n: number }[]> {
    const rows = await select<{
      kind: FindingKind;
      state: FindingState;
      cluster: string;
      n: number | string;
    }>(
      tx,
      `SELECT f.kind, f.state, c.name AS cluster, COUNT(*) AS n FROM finding f JOIN cluster c ON c.id = f.cluster_id
       WHERE f.state <> 'resolved' GROUP BY f.kind, f.state, c.name`,
    );
    return rows.map((row) => ({ ...row, n: Number(row.n) }));
  }

  /** Open findings with a proposal for which policy asks a person, by kind. */
  async undecided(tx: Transaction): Promise<{ kind: FindingKind; n: number }[]> {
    const counts = await select<{
      kind: FindingKind;
      subject_kind: SubjectKind;
      cluster_id: string;
      tier: string | null;
      n: number | string;
    }>(
      tx,
      `SELECT f.kind, f.subject_kind, f.cluster_id,
              (SELECT l.tier FROM lane l WHERE l.cluster_id = f.cluster_id AND l.kind = 'server') AS tier, COUNT(*) AS n
       FROM finding f WHERE f.state = 'open' AND f.proposal IS NOT NULL GROUP BY f.kind, f.subject_kind, f.cluster_id`,
    );
    const policies = await tx.find(ReconcilePolicy);
    const sums = new Map<FindingKind, number>();
    for (const { kind, subject_kind: subjectKind, cluster_id: clusterId, tier, n } of counts) {
      if (policyFor(policies, { kind, subjectKind }, { clusterId, tier }) !== 'ask') continue;
      sums.set(kind, (sums.get(kind) ?? 0) + Number(n));
    }
    return [...sums].map(([kind, n]) => ({ kind, n }));
  }

  /** How many clusters have their repairs stopped. */
  async braked(tx: Transaction): Promise<number> {
    const [row] = await select<{ n: number | string }>(
      tx,
      'SELECT COUNT(*) AS n FROM reconcile_round WHERE braked_at IS NOT NULL',
    );
    return Number(row?.n ?? 0);
  }
}

/** Open, with a proposal, and not to be left alone for now. */
function repairableSql(
  clusterId: string,
  sorts: readonly RepairSort[],
): { where: string; values: unknown[] } {
  const ofSort = sorts.map(() => '(kind = ? AND subject_kind = ?)').join(' OR ');
  return {
    where: `cluster_id = ? AND state = 'open' AND (${ofSort}) AND proposal IS NOT NULL
      AND (repair_after IS NULL OR repair_after <= UTC_TIMESTAMP(6))`,
    values: [clusterId, ...sorts.flatMap(({ kind, subjectKind }) => [kind, subjectKind])],
  };
}

function conditionsOf(filter: FindingFilter): [string, unknown][] {
  const all: [string, unknown][] = [
    ['kind = ?', filter.kind],
    ['subject_kind = ?', filter.subjectKind],
    ['subject_id = ?', filter.subjectId],
    ['openstack_id = ?', filter.openstackId],
    ['cluster_id = ?', filter.clusterId],
    ['project_id = ?', filter.projectId],
    ['state = ?', filter.state],
    ['first_seen_at > ?', filter.firstSeenAfter],
    ['last_seen_at > ?', filter.lastSeenAfter],
  ];
  return all.filter(([, value]) => value !== undefined);
}
