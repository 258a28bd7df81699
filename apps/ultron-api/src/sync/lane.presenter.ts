import type { LaneView, PassView } from '@ultron/sync/lane/lane-view.types';
import type { LaneBody, PassBody } from './lane.dto.js';

const iso = (time: Date | null): string | null => time?.toISOString() ?? null;
const round = (ms: number | null): number | null => (ms === null ? null : Math.max(0, Math.round(ms)));

/** @param clusterName Null when the cluster is not registered any more. */
export function laneBody(lane: LaneView, clusterName: string | null): LaneBody {
  const { strategy, owner, circuit, running, last, brake } = lane;
  return {
    id: lane.id,
    cluster: { id: lane.clusterId, name: clusterName },
    kind: lane.kind,
    domain: lane.domain,
    conductor_group: lane.conductorGroup,
    state: lane.state,
    tier: lane.tier,
    objective_ms: lane.objectiveMs,
    lag_ms: round(lane.lagMs),
    strategy: { ...strategy },
    owner: owner && { ...owner },
    circuit: circuit && {
      opened_at: circuit.openedAt.toISOString(),
      next_try_at: circuit.nextTryAt.toISOString(),
    },
    epoch: lane.epoch,
    taken_at: iso(lane.takenAt),
    running: running && { mode: running.mode, started_at: running.startedAt.toISOString() },
    next_due_at: lane.nextDueAt.toISOString(),
    cursor_at: iso(lane.cursorAt),
    fresh_at: iso(lane.freshAt),
    full_at: iso(lane.fullAt),
    full_ms: lane.fullMs,
    changes_at: iso(lane.changesAt),
    changes_ms: lane.changesMs,
    ids_at: iso(lane.idsAt),
    last_pass: last && {
      started_at: last.startedAt.toISOString(),
      finished_at: iso(last.finishedAt),
      outcome: last.outcome,
      seen: last.seen,
      written: last.written,
    },
    objects: { present: lane.present, missing: lane.missing, gone: lane.gone },
    brake: { state: brake.state, since: iso(brake.since), known: brake.known, unseen: brake.unseen },
    failures: lane.failures,
    failing_since: iso(lane.failingSince),
    error: lane.fault,
  };
}

export const passBody = (pass: PassView): PassBody => ({
  number: pass.number,
  mode: pass.mode,
  conductor_id: pass.conductorId,
  epoch: pass.epoch,
  started_at: pass.startedAt.toISOString(),
  finished_at: pass.finishedAt.toISOString(),
  outcome: pass.outcome,
  pages: pass.pages,
  seen: pass.seen,
  written: pass.written,
  missing: pass.missing,
  gone: pass.gone,
  error: pass.fault,
});
