import { Inject, Injectable } from '@nestjs/common';
import { takesChanges } from '@ultron/cluster/cluster/cluster.state';
import { Database } from '@ultron/platform/database/database.service';
import { ObservedReader } from '@ultron/sync/observed/observed.reader';
import { ClusterPlaces, type ClusterPlace } from '../cluster-place.repository.js';
import type { CompareContext } from '../compare/compare.facts.js';
import {
  type Drift,
  type FindingKind,
  FINDING_KINDS,
  subjectKey,
  type SubjectKind,
} from '../finding/finding.kinds.js';
import { FindingRepository } from '../finding/finding.repository.js';
import type { RepairOrigin } from '../finding/repair.task.js';
import { SOURCES } from '../intent/sources.js';
import { comparePorts, compareSubnets } from '../plan/plan.comparison.js';
import { PlanReader } from '../plan/plan.reader.js';
import { abstainKey, type Compared, compareSource, type Report } from './comparison.js';
import { type JudgedLane, LaneTrustRepository } from './lane-trust.repository.js';
import type { RoundOutcome } from './reconcile-round.entity.js';
import { RoundRepository } from './round.repository.js';
import { type RepairPlace, SelfRepair } from './self-repair.js';

export interface RoundTimes {
  /** What is younger is left alone; milliseconds. */
  graceMs: number;
}

const PLAN_KINDS: readonly FindingKind[] = [
  'address_in_use_but_free',
  'foreign_port_on_segment',
  'cidr_overlap',
];

/** What a round knows of one cluster. */
interface Scene {
  place: ClusterPlace;
  now: Date;
  lanes: ReadonlyMap<string, JudgedLane>;
  outcome: RoundOutcome;
}

/**
 * One round: compares a cluster, writes down what was found and what is over, and has begun what policy wants done by
 * itself.
 */
@Injectable()
export class ReconcileRounds {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ObservedReader) private readonly observed: ObservedReader,
    @Inject(LaneTrustRepository) private readonly trust: LaneTrustRepository,
    @Inject(PlanReader) private readonly plans: PlanReader,
    @Inject(FindingRepository) private readonly findings: FindingRepository,
    @Inject(RoundRepository) private readonly rounds: RoundRepository,
    @Inject(ClusterPlaces) private readonly places: ClusterPlaces,
    @Inject(SelfRepair) private readonly repairs: SelfRepair,
  ) {}

  /** Ends early, having written what it has, when the signal aborts. */
  async run(
    clusterId: string,
    times: RoundTimes,
    origin: RepairOrigin,
    signal: AbortSignal,
  ): Promise<RoundOutcome> {
    const began = Date.now();
    const read = this.database.read;
    const place = await this.places.get(read, clusterId);
    const { now, lanes } = await this.trust.ofCluster(read, clusterId);
    const outcome = { compared: 0, abstained: 0, found: 0, resolved: 0, repairs: 0, adoptions: 0 };
    const scene: Scene = { place, now, lanes, outcome };
    await this.compareAll(scene, times, signal);
    if (!signal.aborted && takesChanges(place.state))
      Object.assign(outcome, await this.repairs.act(repairPlace(scene), origin, signal));
    await this.rounds.finish(this.database.read, clusterId, {
      startedAt: now,
      durationMs: Date.now() - began,
      outcome,
    });
    return outcome;
  }

  private async compareAll(scene: Scene, times: RoundTimes, signal: AbortSignal): Promise<void> {
    const { place, lanes, now } = scene;
    for (const source of SOURCES) {
      const lane = lanes.get(source.observedKind);
      if (signal.aborted) return;
      if (!lane) continue;
      const context: CompareContext = { now, lane, graceMs: times.graceMs };
      const report = this.reportOf(scene, lane);
      const compared = await compareSource(
        this.database.read,
        this.observed,
        source,
        place.id,
        context,
        report,
      );
      const kinds = FINDING_KINDS.filter((kind) => !PLAN_KINDS.includes(kind));
      await this.conclude(scene, lane, compared, { kinds, subjectKinds: [source.kind] });
    }
    await this.comparePlan(scene, times, signal);
  }

  private async comparePlan(scene: Scene, times: RoundTimes, signal: AbortSignal): Promise<void> {
    const { place, lanes, now } = scene;
    const read = this.database.read;
    const plan = await this.plans.ofCluster(read, place.id);
    const look = { read, reader: this.observed, plans: this.plans, clusterId: place.id, plan };
    const [ports, subnets] = [lanes.get('port'), lanes.get('subnet')];
    if (ports && !signal.aborted) {
      const context = { now, lane: ports, graceMs: times.graceMs };
      const compared = await comparePorts(look, context, this.reportOf(scene, ports));
      await this.conclude(scene, ports, compared, {
        kinds: ['address_in_use_but_free', 'foreign_port_on_segment'],
        subjectKinds: ['address', 'port'],
      });
    }
    if (subnets && !signal.aborted) {
      const context = { now, lane: subnets, graceMs: times.graceMs };
      const compared = await compareSubnets(look, context, this.reportOf(scene, subnets));
      await this.conclude(scene, subnets, compared, { kinds: ['cidr_overlap'], subjectKinds: ['subnet'] });
    }
  }

  private reportOf({ place, outcome }: Scene, lane: JudgedLane): Report {
    return async (all) => {
      const byLook: Map<Date | null, Drift[]> = Map.groupBy(all, ({ kind }) => lookOf(kind, lane));
      for (const [lookedAt, drifts] of byLook) {
        const { fresh } = await this.database.transaction((tx) =>
          this.findings.report(tx, place.id, drifts, lookedAt ?? undefined),
        );
        outcome.found += fresh.length;
      }
    };
  }

  /** What was found before and was not now is over, unless nothing could be said. */
  private async conclude(
    scene: Scene,
    lane: JudgedLane,
    compared: Compared,
    scope: { kinds: readonly FindingKind[]; subjectKinds: readonly SubjectKind[] },
  ): Promise<void> {
    const { outcome } = scene;
    outcome.compared += compared.compared;
    outcome.abstained += compared.abstained.size;
    if (lane.stale || lane.braked || lane.completeSince === null) return;
    for (const [lookedAt, kinds] of Map.groupBy(scope.kinds, (kind) => lookOf(kind, lane))) {
      // What was confirmed after the look began is not for this look to take back.
      if (lookedAt) await this.resolve(scene, lane, compared, { ...scope, kinds, before: lookedAt });
    }
  }

  private async resolve(
    { place, outcome }: Scene,
    lane: JudgedLane,
    compared: Compared,
    scope: { kinds: readonly FindingKind[]; subjectKinds: readonly SubjectKind[]; before: Date },
  ): Promise<void> {
    const over = await this.findings.unconfirmed(this.database.read, place.id, scope);
    const sure = over.filter(
      ({ kind, subject, openstackId }) =>
        !compared.confirmed.has(subjectKey(kind, subject)) &&
        !compared.unknown.has(subjectKey(kind, subject)) &&
        !compared.abstained.has(abstainKey(subject)) &&
        !(openstackId && compared.abstained.has(abstainKey({ kind: subject.kind, id: openstackId }))),
    );
    const ids = (await this.seenOnes(place.id, lane.kind, sure)).map(({ id }) => id);
    if (!ids.length) return;
    outcome.resolved += await this.database.transaction((tx) => this.findings.resolve(tx, ids, 'reconciler'));
  }

  /**
   * All but addresses of ports that no lane has seen yet: another look found them in the cluster itself, and says when they
   * are over.
   */
  private async seenOnes<T extends { kind: FindingKind; openstackId: string | null }>(
    clusterId: string,
    kind: string,
    all: readonly T[],
  ): Promise<T[]> {
    const isInUse = ({ kind: found }: T): boolean => found === 'address_in_use_but_free';
    const ids = all.filter(isInUse).flatMap(({ openstackId }) => openstackId ?? []);
    const stored = await this.observed.findMany(this.database.read, { clusterId, kind }, ids);
    const seen = new Set(stored.map(({ id }) => id));
    return all.filter((one) => !isInUse(one) || (one.openstackId !== null && seen.has(one.openstackId)));
  }
}

/** The look that showed it: one that was begun before a repair ended says nothing about the repair. */
function lookOf(kind: FindingKind, lane: JudgedLane): Date | null {
  const isOfPresence = kind.endsWith('differs') || kind === 'address_pool_edited';
  return isOfPresence ? lane.freshSince : lane.deletionsSince;
}

const repairPlace = (scene: Scene): RepairPlace => ({
  cluster: scene.place,
  tier: scene.lanes.get('server')?.tier ?? null,
  owned: ownedIn(scene),
});

const ownedIn = ({ lanes }: Scene): number =>
  [...lanes.values()]
    .filter(({ kind }) => SOURCES.some((source) => source.observedKind === kind))
    .reduce((sum, lane) => sum + lane.present, 0);
