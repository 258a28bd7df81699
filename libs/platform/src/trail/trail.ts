import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { currentContext } from '../context/request-context.js';
import { change, select } from '../database/statement.js';
import type { Transaction } from '../database/transaction.js';
import { keysetSql, type Page } from '../paging/page.js';
import type { OperatorEventEntity } from './operator-event.entity.js';
import type {
  NewOperatorEvent,
  OperatorEvent,
  OperatorEventFilter,
  TrailAction,
  TrailSubject,
} from './operator-event.types.js';

/**
 * Writes down what was changed and by whom, in the transaction that changes it: there is no change without its event, and
 * no event without its change. Who acts is known from the context; outside of one it is the process.
 */
export async function recordEvent(tx: Transaction, event: NewOperatorEvent): Promise<void> {
  const context = currentContext();
  await change(
    tx,
    `INSERT INTO operator_event (id, subject_kind, subject_id, action, actor, trace_id, reason, state_before,
       state_after, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))`,
    [
      newId(),
      event.subject.kind,
      event.subject.id,
      event.action,
      context?.actor ?? hostname(),
      context?.traceId ?? null,
      event.reason?.slice(0, 255) ?? null,
      event.before && JSON.stringify(event.before),
      event.after && JSON.stringify(event.after),
    ],
  );
}

/** Something that is made, changed and removed. */
export interface Kept<Row> {
  kind: TrailSubject;
  idOf: (row: Row) => string;
  /** As the API shows it, without secrets. */
  shown: (row: Row) => object;
}

/** As `recordEvent`, of a row before and after: null where it was not there yet, or is not there any more. */
export async function recordChange<Row>(
  tx: Transaction,
  { kind, idOf, shown }: Kept<Row>,
  before: Row | null,
  after: Row | null,
): Promise<void> {
  const row = after ?? before;
  if (row === null) return;
  await recordEvent(tx, {
    subject: { kind, id: idOf(row) },
    action: before === null ? 'created' : after === null ? 'removed' : 'changed',
    before: before && shown(before),
    after: after && shown(after),
  });
}

/** JSON comes as text from MariaDB, and parsed from MySQL. */
type Row = Omit<OperatorEventEntity, 'state_before' | 'state_after'> &
  Record<'state_before' | 'state_after', string | Record<string, unknown> | null>;

/** Who did what. */
@Injectable()
export class Trail {
  /** One page, and one event more when there is one. */
  async list(tx: Transaction, filter: OperatorEventFilter, page: Page<'id'>): Promise<OperatorEvent[]> {
    const keyset = keysetSql(page, { id: 'id' }, 'id');
    const given = conditionsOf(filter);
    const rows = await select<Row>(
      tx,
      `SELECT * FROM operator_event WHERE ${[...given.map(([sql]) => sql), keyset.where].join(' AND ')}
       ORDER BY ${keyset.orderBy} LIMIT ?`,
      [...given.map(([, value]) => value), ...keyset.params, keyset.limit],
    );
    return rows.map(toEvent);
  }

  /** Deletes some events that are older than the retention; returns how many. */
  async purge(tx: Transaction, olderThanDays: number, limit: number): Promise<number> {
    return change(
      tx,
      'DELETE FROM operator_event WHERE at < UTC_TIMESTAMP(6) - INTERVAL ? DAY ORDER BY at LIMIT ?',
      [olderThanDays, limit],
    );
  }
}

function conditionsOf(filter: OperatorEventFilter): [string, unknown][] {
  const all: [string, unknown][] = [
    ['subject_kind = ?', filter.subjectKind],
    ['subject_id = ?', filter.subjectId],
    ['actor = ?', filter.actor],
    ['action = ?', filter.action],
    ['at >= ?', filter.since],
    ['at < ?', filter.until],
  ];
  return all.filter(([, value]) => value !== undefined);
}

const toEvent = (row: Row): OperatorEvent => ({
  id: row.id,
  subjectKind: row.subject_kind as TrailSubject,
  subjectId: row.subject_id,
  action: row.action as TrailAction,
  actor: row.actor,
  traceId: row.trace_id,
  reason: row.reason,
  before: parsed(row.state_before),
  after: parsed(row.state_after),
  at: row.at,
});

const parsed = (json: string | Record<string, unknown> | null): Record<string, unknown> | null =>
  typeof json === 'string' ? (JSON.parse(json) as Record<string, unknown>) : json;
