import { ClusterRepository } from '@ultron/cluster/cluster/cluster.repository';
import { SchedulingDecisionRepository } from '@ultron/compute/scheduling-decision/scheduling-decision.repository';
import { IdempotencyRepository } from '@ultron/platform/idempotency/idempotency.repository';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { ShortLived } from '@ultron/platform/retention/retention';
import { FindingRepository } from '@ultron/reconcile/finding/finding.repository';
import { KEEP_DAYS } from '@ultron/report/hour.rules';
import { ReportHours } from '@ultron/report/report-hours.repository';
import { TraceRepository } from '@ultron/platform/trace/trace.repository';
import { Trail } from '@ultron/platform/trail/trail';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import { RefreshRequestRepository } from '@ultron/sync/refresh/refresh-request.repository';
import { purgeEndedTasks } from '@ultron/tasks/task/task.retention';

const DAY_MS = 86_400_000;
const KEY_HOURS = 24;
const TRACE_DAYS = 14;
const WISH_MINUTES = 60;
const TASK_DAYS = 90;
const GONE_DAYS = 90;
const RESOLVED_DAYS = 90;
const TRAIL_DAYS = 366;

const keys = new IdempotencyRepository();
const traces = new TraceRepository();
const trail = new Trail();
const objects = new ObservedRepository();
const wishes = new RefreshRequestRepository();
const clusters = new ClusterRepository();
const findings = new FindingRepository(objects);
const reports = new ReportHours();
const decisions = new SchedulingDecisionRepository();
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

/** Everything that is kept for a time only, and for how long. */
export const SHORT_LIVED: readonly ShortLived[] = [
  { what: 'idempotency keys', purge: (tx, limit) => keys.purge(tx, KEY_HOURS, limit) },
  { what: 'wishes for fresh reads', purge: (tx, limit) => wishes.purge(tx, WISH_MINUTES, limit) },
  { what: 'traces', purge: (tx, limit) => traces.purge(tx, TRACE_DAYS, limit) },
  { what: 'what operators did', purge: (tx, limit) => trail.purge(tx, TRAIL_DAYS, limit) },
  { what: 'ended tasks', purge: (tx, limit) => purgeEndedTasks(tx, TASK_DAYS, limit) },
  { what: 'objects that are gone', purge: (tx, limit) => objects.purgeGone(tx, GONE_DAYS, limit) },
  { what: 'objects of clusters that are not registered any more', purge: purgeUnregistered },
  { what: 'resolved findings', purge: (tx, limit) => findings.purge(tx, RESOLVED_DAYS, limit) },
  { what: 'hourly reports', purge: (tx, limit) => reports.purge(tx, KEEP_DAYS, limit) },
  { what: 'scheduling decisions', purge: (tx, limit) => decisions.purge(tx, daysAgo(TASK_DAYS), limit) },
];

async function purgeUnregistered(tx: Transaction, limit: number): Promise<number> {
  for (const id of await objects.clusterIds(tx)) {
    if (!(await clusters.find(tx, id))) return objects.purgeCluster(tx, id, limit);
  }
  return 0;
}
