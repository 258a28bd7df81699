import type { Fault } from '@ultron/kernel/fault';
import { newContext, runInContext } from '@ultron/platform/context/request-context';
import { CircuitBoard } from '../circuit/circuit-board.js';
import type { ClusterCircuit } from '../circuit/cluster-circuit.js';
import type { SyncKind } from '../kind/sync-kind.js';
import { admit, Places, type DueLane, type Room } from '../lane/admission.rules.js';
import { LaneLost } from '../lane/lane.errors.js';
import { clusterTooSlow } from '../lane/lane.faults.js';
import type { LaneRepository } from '../lane/lane.repository.js';
import { isBraked, type Lane, type LaneClaim, type PassEnd } from '../lane/lane.types.js';
import { modeOf, nextTimes, paceOf, type NextTimes } from '../lane/schedule.rules.js';
import type { LaneKey } from '../observed/observed-store.js';
import { InHand } from '../pass/in-hand.js';
import { Pass, type PassResult } from '../pass/pass-runner.js';
import { Patience } from '../pass/patience.js';
import type { PassCounts, PassMode, PassOutcome } from '../pass/pass.types.js';
import { noCounts } from '../pass/pass.types.js';
import type { KeptIndexes } from '../observed/kept-indexes.js';
import type { SyncPassRepository } from '../pass/sync-pass.repository.js';
import { lessonOf, type LessonPass } from './pass-lesson.rules.js';
import {
  objectsSeen,
  objectsWritten,
  passDelay,
  passes,
  passesRunning,
  passSeconds,
  writesRefused,
} from './sync.metrics.js';
import type { SyncEngineOptions, SyncTimes } from './sync-engine.options.js';

export interface PassDeskParts<Context> extends Pick<
  SyncEngineOptions<Context>,
  'database' | 'log' | 'store' | 'open' | 'classify' | 'conductorId'
> {
  lanes: LaneRepository;
  history: SyncPassRepository;
  indexes: KeptIndexes;
  kinds: ReadonlyMap<string, SyncKind<Context>>;
  times: SyncTimes;
  room: Room;
  /** A pass has ended, and lanes are due that wait for its place. */
  freed: () => void;
}

interface Running extends LaneKey {
  stop: AbortController;
  newer: Set<string>;
  patience: Patience;
  ended: Promise<void>;
}

/** What a pass that runs is told, and tells, while it does. */
type Underway = Pick<Running, 'stop' | 'newer' | 'patience'>;

/** Lanes that are looked at to choose those that begin. */
const LOOKED_AT = 500;

/** Begins passes over lanes that are due, most indebted first, as far as there is room; and records how they end. */
export class PassDesk<Context> {
  private readonly running = new Map<string, Running>();
  private readonly circuits: CircuitBoard;
  private readonly inHand = new InHand();
  private closed = false;
  /** Lanes of clusters that are well were due when last looked at, and had no place. */
  private crowded = false;

  constructor(private readonly parts: PassDeskParts<Context>) {
    this.circuits = new CircuitBoard(parts);
  }

  /** Passes under way. */
  get size(): number {
    return this.running.size;
  }

  /** Begins what is due and may begin. */
  async look(): Promise<void> {
    if (this.closed) return;
    const { database, lanes, conductorId } = this.parts;
    const due = await lanes.due(database.read, conductorId, LOOKED_AT, this.closedClusters());
    const idle = due.filter((lane) => !this.running.has(keyOf(lane)) && this.parts.kinds.has(lane.kind));
    const places = this.places();
    const ready = idle.filter(({ clusterId }) => places.isWell(clusterId));
    const chosen = admit(idle.map(dueOf), places);
    for (const { lane } of chosen) this.begin(lane);
    this.crowded = ready.length > chosen.length;
    await this.circuits.write();
  }

  private places(): Places {
    const running = [...this.running.values()].map(({ clusterId, patience }) => ({
      clusterId,
      waitedMs: patience.waitedMs,
    }));
    return new Places(running, this.parts.room, (id) => this.circuitOf(id).health);
  }

  /** Clusters that do not answer as they should, and in which nothing may begin now. */
  private closedClusters(): string[] {
    const places = this.places();
    return this.circuits.clusterIds.filter((id) => !places.isWell(id) && !places.isOpen(id));
  }

  /** The row of a lane may say that it is at a pass which this process does not know of. */
  async resume(): Promise<void> {
    await this.parts.lanes.resume(this.parts.database.read, this.parts.conductorId, [
      ...this.running.values(),
    ]);
  }

  circuitOf(clusterId: string): ClusterCircuit {
    return this.circuits.of(clusterId);
  }

  /** An object was read on its own: a pass over its lane that runs now knows nothing newer of it. */
  isNewer(lane: LaneKey, id: string): void {
    this.running.get(keyOf(lane))?.newer.add(id);
  }

  /** Begins nothing more; passes under way have `graceMs` to end. */
  async close(graceMs: number): Promise<void> {
    this.closed = true;
    const all = [...this.running.values()];
    const timer = setTimeout(
      () => all.forEach(({ stop }) => stop.abort(new Error('the conductor stops'))),
      graceMs,
    );
    await Promise.all(all.map(({ ended }) => ended));
    clearTimeout(timer);
  }

  private begin(lane: Lane): void {
    const key = keyOf(lane);
    const underway: Underway = {
      stop: new AbortController(),
      newer: new Set(),
      patience: new Patience(() => performance.now()),
    };
    const ended = runInContext(newContext({ actor: 'sync' }), () => this.run(lane, underway))
      .catch((error: unknown) =>
        this.parts.log.warn('a pass could not be recorded', { reason: String(error) }),
      )
      .finally(() => {
        this.running.delete(key);
        passesRunning.set(this.running.size);
        if (this.crowded) this.parts.freed();
      });
    this.running.set(key, { clusterId: lane.clusterId, kind: lane.kind, ...underway, ended });
    passesRunning.set(this.running.size);
  }

  private async run(lane: Lane, underway: Underway): Promise<void> {
    const { database, lanes, conductorId, times } = this.parts;
    const claim: LaneClaim = { clusterId: lane.clusterId, kind: lane.kind, conductorId, epoch: lane.epoch };
    const mode = modeOf({ ...lane, hasCursor: lane.cursorAt !== null });
    if (this.closed || !(await lanes.begin(database.read, claim, mode, lane.askedFor))) return;
    passDelay.observe({ tier: lane.tier.name }, Math.max(0, lane.overdueMs) / 1000);
    const startedAt = performance.now();
    const { signal: stop } = underway.stop;
    const deadlineMs = times.deadline[lengthOf(mode, lane)];
    const deadline = AbortSignal.timeout(deadlineMs);
    const signal = AbortSignal.any([stop, deadline]);
    const { result, counts, error } = await this.pass(lane, claim, mode, signal, underway);
    const durationMs = Math.round(performance.now() - startedAt);
    if (error instanceof LaneLost) return this.lost(claim, mode);
    const faultOf = (thrown: unknown): Fault =>
      thrown === deadline.reason ? clusterTooSlow(mode, deadlineMs) : this.parts.classify(thrown);
    const fault = error === undefined ? null : faultOf(error);
    const outcome = result?.outcome ?? (stop.aborted ? 'cut_off' : 'failed');
    this.learn(claim.clusterId, { mode, outcome, counts, fault });
    const end = this.endOf(lane, { mode, outcome, counts, fault, durationMs }, result);
    await this.record(claim, end, isNotable(end, lane));
  }

  private async pass(
    lane: Lane,
    claim: LaneClaim,
    mode: PassMode,
    signal: AbortSignal,
    { newer, patience }: Underway,
  ): Promise<{ result?: PassResult; counts: PassCounts; error?: unknown }> {
    const kind = this.parts.kinds.get(lane.kind);
    if (!kind) return { counts: noCounts(), error: new Error(`nobody knows the kind ${lane.kind}`) };
    let pass: Pass<Context> | undefined;
    try {
      const context = await patience.with(this.parts.open(lane.clusterId, { signal }));
      const job = { kind, lane, claim, mode, context, signal, newer, patience };
      pass = new Pass({ ...this.parts, inHand: this.inHand, now: () => Date.now() }, job);
      return { result: await pass.run(), counts: pass.counts };
    } catch (error) {
      return { counts: pass?.counts ?? noCounts(), error: error ?? new Error('nothing') };
    }
  }

  private endOf(
    lane: Lane,
    ended: {
      mode: PassMode;
      outcome: PassOutcome;
      counts: PassCounts;
      fault: Fault | null;
      durationMs: number;
    },
    result: PassResult | undefined,
  ): PassEnd {
    const { mode, outcome, counts, fault, durationMs } = ended;
    const braked = isBraked({ brake: result?.brake, brakeBefore: lane.brake });
    const next = nextTimes(
      {
        mode,
        outcome,
        durationMs,
        failures: lane.failures + 1,
        // What nothing may follow from is not asked for.
        missing: braked ? 0 : result?.missing,
        retryAfterMs: fault?.retryAfterMs,
      },
      paceOf(lane.tier, lane.strategy, lane.slowness),
      Math.random(),
    );
    return {
      mode,
      outcome,
      counts,
      fault: outcome === 'failed' ? (fault?.toRecord() ?? null) : null,
      next: { ...next, ...(result && fullSoonerOf(lane, { ...result, braked }, next)) },
      refreshed: result?.refreshed ?? false,
      durationMs,
      cursorAt: result?.cursorAt,
      present: result?.present,
      missing: result?.missing,
      brake: result?.brake,
      brakeBefore: lane.brake,
    };
  }

  private async record(claim: LaneClaim, end: PassEnd, notable: boolean): Promise<void> {
    const { database, lanes, history, log } = this.parts;
    const told = notable
      ? await database.transaction(async (tx) => {
          await history.record(tx, claim, end);
          return lanes.finish(tx, claim, end);
        })
      : await lanes.finish(database.read, claim, end);
    if (!told) return this.lost(claim, end.mode);
    count(claim.kind, end);
    const fields = { cluster_id: claim.clusterId, kind: claim.kind, mode: end.mode, ms: end.durationMs };
    if (end.outcome === 'failed') log.warn('a pass failed', { ...fields, reason: end.fault?.detail });
    else log.debug('a pass has ended', { ...fields, ...end.counts, outcome: end.outcome });
    if (end.brake?.state === 'on') {
      log.warn('an improbable share of a lane has vanished: nothing of it is taken for gone', {
        ...fields,
        known: end.brake.known,
        unseen: end.brake.unseen,
      });
    }
  }

  private lost(claim: LaneClaim, mode: PassMode): void {
    writesRefused.inc();
    passes.inc({ kind: claim.kind, mode, outcome: 'lost' });
    const { clusterId: cluster_id, kind } = claim;
    this.parts.log.info('a lane went to another conductor while a pass was under way', { cluster_id, kind });
  }

  private learn(clusterId: string, pass: LessonPass): void {
    const circuit = this.circuitOf(clusterId);
    const lesson = lessonOf(pass);
    if (lesson === 'answered') circuit.answered();
    else if (lesson === 'outage') circuit.outage();
    else if (lesson === 'refused') circuit.refused(pass.fault?.retryAfterMs ?? 0);
  }
}

/**
 * When all is to be read again, if sooner than usual. While a lane cannot see all there is (a cell is down, a list is
 * improbably short) lists of changes may leave out the same: what happened meanwhile shows in a list of everything.
 */
function fullSoonerOf(lane: Lane, result: PassResult & { braked: boolean }, { full }: NextTimes): NextTimes {
  if (result.fullSoon) return { full: 0 };
  if (!result.blind && !result.braked) return {};
  const usual = full ?? lane.due.full ?? Number.POSITIVE_INFINITY;
  return { full: Math.min(usual, lane.tier.objectiveMs * lane.slowness) };
}

const keyOf = ({ clusterId, kind }: LaneKey): string => `${clusterId}/${kind}`;

const dueOf = (lane: Lane): DueLane & { lane: Lane } => ({
  lane,
  clusterId: lane.clusterId,
  ageMs: lane.ageMs,
  objectiveMs: lane.tier.objectiveMs * lane.slowness,
  overdueMs: lane.overdueMs,
  wanted: lane.askedFor !== null || (lane.due.confirm ?? 1) <= 0,
});

/** A list of all revisions has as many pages as one of all objects. */
const lengthOf = (mode: PassMode, { strategy }: Lane): PassMode =>
  mode === 'changes' && strategy.changes === 'revisions' ? 'full' : mode;

/** Passes that changed nothing are the rule: they leave their trace in the lane's row alone. */
function isNotable({ mode, outcome, counts }: PassEnd, { strategy }: Lane): boolean {
  const seldom = mode === 'full' && strategy.changes !== 'full';
  return seldom || outcome !== 'complete' || counts.written + counts.missing + counts.gone > 0;
}

function count(kind: string, { mode, outcome, counts, durationMs }: PassEnd): void {
  passes.inc({ kind, mode, outcome });
  passSeconds.observe({ mode }, durationMs / 1000);
  objectsSeen.inc({ kind }, counts.seen);
  objectsWritten.inc({ kind, what: 'written' }, counts.written);
  objectsWritten.inc({ kind, what: 'missing' }, counts.missing);
  objectsWritten.inc({ kind, what: 'gone' }, counts.gone);
}
