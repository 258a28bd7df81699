import { Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { insertRows } from './chunked-insert.js';
import { nextHour } from './hour.rules.js';
import { percentile } from './percentile.rules.js';
import { placeOf } from './place.js';

/** Where and of what kind. */
interface OutcomePlace {
  cluster_id: string;
  project_id: string;
  flavor_id: string;
  kind: string;
}

interface EndedCount extends OutcomePlace {
  status: 'succeeded' | 'failed' | 'cancelled';
  code: string;
  n: number | string;
}

interface Creation extends OutcomePlace {
  ms: number | string;
}

const ENDED_PLACE = `COALESCE(s.cluster_id, JSON_UNQUOTE(JSON_EXTRACT(t.input, '$.cluster_id')), '') AS cluster_id,
         COALESCE(t.project_id, '') AS project_id, COALESCE(s.flavor_id, '') AS flavor_id, t.kind`;
const ENDED_WITHIN = `FROM task t LEFT JOIN server s ON t.resource_kind = 'server' AND s.id = t.resource_id
  WHERE t.finished_at >= ? AND t.finished_at < ? AND t.children_total IS NULL`;

/** How many tasks ended how between two times; what failed, by its code. */
export const ENDED_COUNTS = `
  SELECT cluster_id, project_id, flavor_id, kind, status, code, COUNT(*) AS n
  FROM (SELECT ${ENDED_PLACE}, t.status,
          IF(t.status = 'failed', COALESCE(JSON_UNQUOTE(JSON_EXTRACT(t.fault, '$.code')), 'unknown'), '') AS code
        ${ENDED_WITHIN} AND t.status IN ('succeeded', 'failed', 'cancelled')) AS ended
  GROUP BY cluster_id, project_id, flavor_id, kind, status, code`;

/** How long each server took that was made between two times. */
export const CREATIONS = `
  SELECT ${ENDED_PLACE}, ROUND(TIMESTAMPDIFF(MICROSECOND, t.created_at, t.finished_at) / 1000) AS ms
  ${ENDED_WITHIN} AND t.status = 'succeeded' AND t.kind = 'server.create'`;

/** Sums up how things went in an hour. Tasks are kept for some weeks: an hour is summed up while they are there. */
@Injectable()
export class OutcomeSums {
  /** How the tasks ended that ended within the hour; how long servers took, of the creations that succeeded. */
  async sumUp(tx: Transaction, hour: Date): Promise<void> {
    const within = [hour, nextHour(hour)];
    const counts = await select<EndedCount>(tx, ENDED_COUNTS, within);
    const creations = await select<Creation>(tx, CREATIONS, within);
    const times = Map.groupBy(creations, outcomeOf);
    const groups = [...Map.groupBy(counts, outcomeOf)];
    await change(tx, 'DELETE FROM report_outcome WHERE hour = ?', [hour]);
    await insertRows(
      tx,
      `INSERT INTO report_outcome (id, hour, cluster_id, project_id, flavor_id, task_kind, succeeded, failed, cancelled,
         fault_codes, active_p50_ms, active_p99_ms, active_max_ms)`,
      groups.map(([key, group]) =>
        outcomeRow(hour, group, times.get(key)?.map(({ ms }) => Number(ms)) ?? []),
      ),
    );
  }
}

const outcomeOf = (row: OutcomePlace): string => `${placeOf(row)} ${row.kind}`;

function outcomeRow(hour: Date, group: readonly EndedCount[], times: readonly number[]): unknown[] {
  const [first] = group;
  const count = (status: EndedCount['status']) =>
    group.filter((part) => part.status === status).reduce((sum, part) => sum + Number(part.n), 0);
  const failed = group.filter((part) => part.status === 'failed');
  return [
    newId(),
    hour,
    first?.cluster_id,
    first?.project_id,
    first?.flavor_id,
    first?.kind,
    count('succeeded'),
    count('failed'),
    count('cancelled'),
    JSON.stringify(Object.fromEntries(failed.map(({ code, n }) => [code, Number(n)]))),
    percentile(times, 0.5),
    percentile(times, 0.99),
    percentile(times, 1),
  ];
}
