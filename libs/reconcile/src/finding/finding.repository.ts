import { Inject, Injectable } from '@nestjs/common';
import type { FaultRecord } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { change, rowsOf, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import { type AuditAction, Finding } from './finding.entity.js';
import {
  type Drift,
  type FindingKind,
  type Subject,
  subjectKey,
  type SubjectKind,
  thingOf,
} from './finding.kinds.js';
import { bringBack, confirm, insert, isNews, keyOf, type KnownRow, lockKnown } from './finding.report.js';

/** Drifts in one statement. */
const CHUNK = 500;

interface ThingRow {
  id: string;
  cluster_id: string;
  subject_kind: SubjectKind;
  openstack_id: string | null;
}

export interface AuditEntry {
  findingId: string;
  action: AuditAction;
  actor: string;
  taskId?: string | null;
  detail?: Record<string, unknown> | null;
}

export interface Reported {
  /** Ids of those that were not open before. */
  fresh: string[];
}

/** Findings as they are written down: by comparisons, and by whoever else sees something wrong. */
@Injectable()
export class FindingRepository {
  constructor(@Inject(ObservedRepository) private readonly observed: ObservedRepository) {}

  /**
   * Writes down that this holds in the cluster. What is known already is confirmed; what was resolved comes back,
   * unless the look that shows it began before (`lookedAt`, by the database's clock), or what shows it was seen before:
   * a list that left the thing out is younger than what is known of the thing.
   */
  async report(
    tx: Transaction,
    clusterId: string,
    drifts: readonly Drift[],
    lookedAt?: Date,
  ): Promise<Reported> {
    const fresh: string[] = [];
    for (let from = 0; from < drifts.length; from += CHUNK) {
      fresh.push(...(await this.reportChunk(tx, clusterId, drifts.slice(from, from + CHUNK), lookedAt)));
    }
    return { fresh };
  }

  /**
   * The findings that are not over, of these kinds of subjects, that were confirmed last before `before`: what a
   * comparison did not confirm.
   */
  async unconfirmed(
    tx: Transaction,
    clusterId: string,
    of: { subjectKinds: readonly SubjectKind[]; kinds: readonly FindingKind[]; before: Date },
  ): Promise<{ id: string; kind: FindingKind; subject: Subject; openstackId: string | null }[]> {
    if (!of.subjectKinds.length || !of.kinds.length) return [];
    const rows = await select<KnownRow & { openstack_id: string | null }>(
      tx,
      `SELECT id, kind, subject_kind, subject_id, state, resolved_at, openstack_id FROM finding
       WHERE cluster_id = ? AND state IN ('open', 'ignored') AND subject_kind IN (?) AND kind IN (?)
         AND last_seen_at < ?`,
      [clusterId, of.subjectKinds, of.kinds, of.before],
    );
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      subject: { kind: row.subject_kind, id: row.subject_id },
      openstackId: row.openstack_id,
    }));
  }

  /**
   * They do not hold any more. Those that are being repaired are left to their tasks. What is seen of their things next
   * is news, whatever it shows. Returns how many.
   */
  async resolve(
    tx: Transaction,
    ids: readonly string[],
    actor: string,
    detail: Record<string, unknown> | null = null,
  ): Promise<number> {
    if (!ids.length) return 0;
    const sorted = ids.toSorted();
    const open = await select<ThingRow>(
      tx,
      `SELECT id, cluster_id, subject_kind, openstack_id FROM finding
       WHERE id IN (?) AND state IN ('open', 'ignored') ORDER BY id FOR UPDATE`,
      [sorted],
    );
    if (!open.length) return 0;
    const resolved = open.map((row) => row.id);
    await change(
      tx,
      `UPDATE finding SET state = 'resolved', resolved_at = UTC_TIMESTAMP(6), repair_after = NULL,
         version = version + 1 WHERE id IN (?)`,
      [resolved],
    );
    await this.audit(
      tx,
      resolved.map((findingId) => ({ findingId, action: 'resolved', actor, detail })),
    );
    await this.lookAnew(tx, open);
    return resolved.length;
  }

  async find(tx: Transaction, id: string): Promise<Finding | null> {
    return tx.findOneBy(Finding, { id });
  }

  async lock(tx: Transaction, id: string): Promise<Finding | null> {
    return tx.findOne(Finding, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** From open to being repaired by the task; false when it is not open any more. */
  async beginRepair(tx: Transaction, id: string, taskId: string): Promise<boolean> {
    const begun = await change(
      tx,
      `UPDATE finding SET state = 'repairing', task_id = ?, fault = NULL, repairs = repairs + 1, version = version + 1
       WHERE id = ? AND state = 'open'`,
      [taskId, id],
    );
    return begun === 1;
  }

  /** The task that repairs it has ended well. */
  async repaired(
    tx: Transaction,
    finding: { id: string; taskId: string; outcome: Record<string, unknown> },
  ): Promise<void> {
    const done = await change(
      tx,
      `UPDATE finding SET state = 'resolved', resolved_at = UTC_TIMESTAMP(6), repair_after = NULL,
         version = version + 1 WHERE id = ? AND task_id = ? AND state = 'repairing'`,
      [finding.id, finding.taskId],
    );
    if (!done) return;
    await this.audit(tx, [
      {
        findingId: finding.id,
        action: 'repaired',
        actor: 'reconciler',
        taskId: finding.taskId,
        detail: finding.outcome,
      },
    ]);
    const rows = await select<ThingRow>(
      tx,
      'SELECT id, cluster_id, subject_kind, openstack_id FROM finding WHERE id = ?',
      [finding.id],
    );
    await this.lookAnew(tx, rows);
  }

  /** The task that repairs it has failed; it is not begun again by itself before `afterMs` have passed. */
  async repairFailed(
    tx: Transaction,
    finding: { id: string; taskId: string; fault: FaultRecord; afterMs: number },
  ): Promise<void> {
    const failed = await change(
      tx,
      `UPDATE finding SET state = 'open', fault = ?, version = version + 1,
         repair_after = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND
       WHERE id = ? AND task_id = ? AND state = 'repairing'`,
      [JSON.stringify(finding.fault), finding.afterMs * 1000, finding.id, finding.taskId],
    );
    if (!failed) return;
    await this.audit(tx, [
      {
        findingId: finding.id,
        action: 'repair_failed',
        actor: 'reconciler',
        taskId: finding.taskId,
        detail: { ...finding.fault },
      },
    ]);
  }

  async setState(tx: Transaction, id: string, state: 'open' | 'ignored'): Promise<void> {
    await change(
      tx,
      `UPDATE finding SET state = ?, repair_after = NULL, version = version + 1 WHERE id = ?`,
      [state, id],
    );
  }

  /** Forgets what was resolved long ago, and what happened to it. Returns how many findings went. */
  async purge(tx: Transaction, days: number, limit: number): Promise<number> {
    const old = await select<{ id: string }>(
      tx,
      `SELECT id FROM finding WHERE resolved_at < UTC_TIMESTAMP(6) - INTERVAL ? DAY AND state = 'resolved' LIMIT ?`,
      [days, limit],
    );
    if (!old.length) return 0;
    // What has come back since keeps what happened to it.
    await change(
      tx,
      `DELETE f, e FROM finding f LEFT JOIN finding_event e ON e.finding_id = f.id
       WHERE f.id IN (?) AND f.state = 'resolved'`,
      [old.map(({ id }) => id)],
    );
    return old.length;
  }

  async audit(tx: Transaction, entries: readonly AuditEntry[]): Promise<void> {
    if (!entries.length) return;
    await change(
      tx,
      `INSERT INTO finding_event (id, finding_id, action, actor, task_id, detail, at)
       VALUES ${rowsOf(entries.length, '(?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))')}`,
      entries.flatMap((entry) => [
        newId(),
        entry.findingId,
        entry.action,
        entry.actor,
        entry.taskId ?? null,
        entry.detail ? JSON.stringify(entry.detail) : null,
      ]),
    );
  }

  /** The same wrong made again looks as it did: only what is seen from now on may say so. */
  private async lookAnew(tx: Transaction, rows: readonly ThingRow[]): Promise<void> {
    const things = rows.flatMap((row) => {
      const thing = thingOf({ subjectKind: row.subject_kind, openstackId: row.openstack_id });
      return thing ? [{ ...thing, clusterId: row.cluster_id }] : [];
    });
    for (const [clusterId, inCluster] of Map.groupBy(things, (thing) => thing.clusterId)) {
      for (const [kind, same] of Map.groupBy(inCluster, (thing) => thing.kind)) {
        const ids = same.map(({ id }) => id);
        await this.observed.seenElsewhere(tx, { clusterId, kind }, ids);
      }
    }
  }

  private async reportChunk(
    tx: Transaction,
    clusterId: string,
    drifts: readonly Drift[],
    lookedAt: Date | undefined,
  ): Promise<string[]> {
    const byKey = new Map(drifts.map((drift) => [subjectKey(drift.kind, drift.subject), drift]));
    const known = await lockKnown(tx, clusterId, [...byKey.values()]);
    const confirmed = known.filter((row) => row.state !== 'resolved');
    const back = known.filter(
      (row) => row.state === 'resolved' && isNews(row, lookedAt, byKey.get(keyOf(row))?.shownAt),
    );
    for (const row of known) byKey.delete(keyOf(row));
    await confirm(tx, confirmed, drifts);
    await bringBack(tx, back, drifts);
    const made = await insert(tx, clusterId, [...byKey.values()]);
    await this.audit(tx, [
      ...made.map((findingId) => ({ findingId, action: 'found' as const, actor: 'reconciler' })),
      ...back.map(({ id }) => ({ findingId: id, action: 'came_back' as const, actor: 'reconciler' })),
    ]);
    return [...made, ...back.map(({ id }) => id)];
  }
}
