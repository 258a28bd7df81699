import { newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { canonical } from '../compare/compare.rules.js';
import { jsonOf } from '../intent/intent.source.js';
import {
  type Drift,
  type FindingKind,
  type Proposal,
  subjectKey,
  type SubjectKind,
} from './finding.kinds.js';
import type { FindingState } from './finding.state.js';

/** As much of a finding as tells what a report makes of it. */
export interface KnownRow {
  id: string;
  kind: FindingKind;
  subject_kind: SubjectKind;
  subject_id: string;
  state: FindingState;
  resolved_at: Date | null;
}

/** With what is told about it. */
export interface ToldRow extends KnownRow {
  project_id: string | null;
  evidence: string | Record<string, unknown>;
  proposal: string | Proposal | null;
}

export async function lockKnown(
  tx: Transaction,
  clusterId: string,
  drifts: readonly Drift[],
): Promise<ToldRow[]> {
  const keys = new Set(drifts.map((drift) => subjectKey(drift.kind, drift.subject)));
  const rows = await select<ToldRow>(
    tx,
    `SELECT id, kind, subject_kind, subject_id, state, resolved_at, project_id, evidence, proposal FROM finding
     WHERE cluster_id = ? AND kind IN (?) AND subject_kind IN (?) AND subject_id IN (?) ORDER BY id FOR UPDATE`,
    [
      clusterId,
      [...new Set(drifts.map(({ kind }) => kind))],
      [...new Set(drifts.map(({ subject }) => subject.kind))],
      drifts.map(({ subject }) => subject.id),
    ],
  );
  return rows.filter((row) => keys.has(keyOf(row)));
}

/** What is told of those at rest is brought up to date; a repair goes by what it was begun with. */
export async function confirm(
  tx: Transaction,
  rows: readonly ToldRow[],
  drifts: readonly Drift[],
): Promise<void> {
  if (!rows.length) return;
  await change(tx, 'UPDATE finding SET last_seen_at = UTC_TIMESTAMP(6) WHERE id IN (?)', [
    rows.map(({ id }) => id),
  ]);
  const byKey = new Map(drifts.map((drift) => [subjectKey(drift.kind, drift.subject), drift]));
  const changed = rows.flatMap((row) => {
    const drift = byKey.get(keyOf(row));
    return drift && row.state !== 'repairing' && !isAsTold(row, drift) ? [{ id: row.id, drift }] : [];
  });
  if (!changed.length) return;
  const values = (of: (drift: Drift) => unknown) => changed.flatMap(({ id, drift }) => [id, of(drift)]);
  const byId = `CASE id ${'WHEN ? THEN ? '.repeat(changed.length)}END`;
  await change(
    tx,
    `UPDATE finding SET evidence = ${byId}, proposal = ${byId}, project_id = COALESCE(${byId}, project_id)
     WHERE id IN (?)`,
    [
      ...values(({ evidence }) => JSON.stringify(evidence)),
      ...values(({ proposal }) => proposal && JSON.stringify(proposal)),
      ...values(({ projectId }) => projectId),
      changed.map(({ id }) => id),
    ],
  );
}

export async function bringBack(
  tx: Transaction,
  rows: readonly KnownRow[],
  drifts: readonly Drift[],
): Promise<void> {
  const byKey = new Map(drifts.map((drift) => [subjectKey(drift.kind, drift.subject), drift]));
  for (const row of rows) {
    const drift = byKey.get(keyOf(row));
    if (!drift) continue;
    await change(
      tx,
      `UPDATE finding SET state = 'open', openstack_id = ?, project_id = ?, evidence = ?, proposal = ?, fault = NULL,
         resolved_at = NULL, repairs = 0, came_back = came_back + 1, version = version + 1,
         first_seen_at = UTC_TIMESTAMP(6), last_seen_at = UTC_TIMESTAMP(6) WHERE id = ?`,
      [
        drift.openstackId,
        drift.projectId,
        JSON.stringify(drift.evidence),
        drift.proposal ? JSON.stringify(drift.proposal) : null,
        row.id,
      ],
    );
  }
}

export async function insert(
  tx: Transaction,
  clusterId: string,
  drifts: readonly Drift[],
): Promise<string[]> {
  if (!drifts.length) return [];
  const ids = drifts.map(() => newId());
  const [time] = await select<{ now: Date }>(tx, 'SELECT UTC_TIMESTAMP(6) AS now');
  await tx.query(
    `INSERT INTO finding (id, cluster_id, kind, subject_kind, subject_id, openstack_id, project_id, evidence, proposal,
       state, first_seen_at, last_seen_at) VALUES ?
     ON DUPLICATE KEY UPDATE last_seen_at = VALUES(last_seen_at)`,
    [
      drifts.map((drift, index) => [
        ids[index],
        clusterId,
        drift.kind,
        drift.subject.kind,
        drift.subject.id,
        drift.openstackId,
        drift.projectId,
        JSON.stringify(drift.evidence),
        drift.proposal ? JSON.stringify(drift.proposal) : null,
        'open',
        time?.now,
        time?.now,
      ]),
    ],
  );
  return ids;
}

/** Whether what shows it, and the look that did, are younger than its end. */
export const isNews = ({ resolved_at }: KnownRow, ...times: (Date | undefined)[]): boolean =>
  times.every((time) => time === undefined || resolved_at === null || time > resolved_at);

/** Who cannot tell the project leaves it as it is. */
const isAsTold = (row: ToldRow, { evidence, proposal, projectId }: Drift): boolean =>
  canonical(jsonOf(row.evidence)) === canonical(evidence) &&
  canonical(jsonOf(row.proposal)) === canonical(proposal) &&
  (projectId ?? row.project_id) === row.project_id;

export const keyOf = (row: KnownRow): string =>
  subjectKey(row.kind, { kind: row.subject_kind, id: row.subject_id });
