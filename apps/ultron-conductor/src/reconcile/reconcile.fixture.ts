import type { Database } from '@ultron/platform/database/database.service';
import { AdoptionMatches } from '@ultron/reconcile/adoption/adoption.matches';
import { AdoptionPlan } from '@ultron/reconcile/adoption/adoption.plan';
import { AdoptionRuleRepository } from '@ultron/reconcile/adoption/adoption-rule.repository';
import { AdoptionService } from '@ultron/reconcile/adoption/adoption.service';
import { FindingList } from '@ultron/reconcile/finding/finding.list';
import { FindingService } from '@ultron/reconcile/finding/finding.service';
import { PlanReader } from '@ultron/reconcile/plan/plan.reader';
import { PolicyRepository } from '@ultron/reconcile/policy/policy.repository';
import { LaneTrustRepository } from '@ultron/reconcile/round/lane-trust.repository';
import { ReconcileRounds } from '@ultron/reconcile/round/reconcile-rounds';
import { RoundRepository } from '@ultron/reconcile/round/round.repository';
import { SelfRepair } from '@ultron/reconcile/round/self-repair';
import { ObservedReader } from '@ultron/sync/observed/observed.reader';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import type { TaskService } from '@ultron/tasks/task/task.service';
import { AdoptedRepository } from '@ultron/reconcile/adoption/adopted.repository';
import { AdoptionRepository } from '@ultron/reconcile/adoption/adoption.repository';
import { AdoptionRows } from '@ultron/reconcile/adoption/adoption.rows';
import { ClusterPlaces } from '@ultron/reconcile/cluster-place.repository';
import { FindingRepository } from '@ultron/reconcile/finding/finding.repository';
import { RepairFacts } from '@ultron/reconcile/finding/repair-facts.repository';
import { RefreshRequestRepository } from '@ultron/sync/refresh/refresh-request.repository';
import { RefreshService } from '@ultron/sync/refresh/refresh.service';
import type { ReconcileDeps } from './reconcile.deps.js';

/** What the sagas of reconciliation need, for tests that put a conductor together by hand. */
export const reconcileDeps = (database: Database): ReconcileDeps => ({
  findings: new FindingRepository(new ObservedRepository()),
  repairFacts: new RepairFacts(),
  adoptions: new AdoptionRepository(),
  adoptionRows: new AdoptionRows(),
  adopted: new AdoptedRepository(),
  clusterPlaces: new ClusterPlaces(),
  refreshes: new RefreshService(database, new RefreshRequestRepository()),
});

/** The services of reconciliation, put together by hand. */
export function reconcileServices(database: Database, tasks: TaskService) {
  const [findings, lists, places] = [
    new FindingRepository(new ObservedRepository()),
    new FindingList(),
    new ClusterPlaces(),
  ];
  const [policies, roundRows, observed] = [
    new PolicyRepository(),
    new RoundRepository(),
    new ObservedReader(),
  ];
  const [adoptionRows, adoptionTable, rules] = [
    new AdoptionRows(),
    new AdoptionRepository(),
    new AdoptionRuleRepository(),
  ];
  const service = new FindingService(database, findings, lists, places, tasks, new RepairFacts());
  const matches = new AdoptionMatches(database, observed, adoptionTable, rules, tasks);
  const selfRepair = new SelfRepair(database, lists, service, policies, roundRows, matches, tasks);
  const rounds = new ReconcileRounds(
    database,
    observed,
    new LaneTrustRepository(),
    new PlanReader(),
    findings,
    roundRows,
    places,
    selfRepair,
  );
  const adoptions = new AdoptionService(
    database,
    adoptionTable,
    new AdoptedRepository(),
    rules,
    new AdoptionPlan(observed, adoptionRows),
    lists,
    observed,
    places,
    tasks,
  );
  return { findings, lists, service, policies, roundRows, rounds, selfRepair, adoptions };
}
