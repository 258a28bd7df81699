import { Module } from '@nestjs/common';
import { ClusterModule } from '@ultron/cluster/cluster.module';
import { ObservedReader } from '@ultron/sync/observed/observed.reader';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import { RefreshRequestRepository } from '@ultron/sync/refresh/refresh-request.repository';
import { RefreshService } from '@ultron/sync/refresh/refresh.service';
import { SyncTierRepository } from '@ultron/sync/tier/sync-tier.repository';
import { AdoptedRepository } from './adoption/adopted.repository.js';
import { AdoptionMatches } from './adoption/adoption.matches.js';
import { AdoptionPlan } from './adoption/adoption.plan.js';
import { AdoptionService } from './adoption/adoption.service.js';
import { AdoptionRepository } from './adoption/adoption.repository.js';
import { AdoptionRows } from './adoption/adoption.rows.js';
import { AdoptionRuleRepository } from './adoption/adoption-rule.repository.js';
import { ClusterPlaces } from './cluster-place.repository.js';
import { FindingList } from './finding/finding.list.js';
import { FindingRepository } from './finding/finding.repository.js';
import { FindingService } from './finding/finding.service.js';
import { RepairFacts } from './finding/repair-facts.repository.js';
import { NotificationSourceRepository } from './notification-source/notification-source.repository.js';
import { NotificationSourceService } from './notification-source/notification-source.service.js';
import { PlanReader } from './plan/plan.reader.js';
import { ClusterPolicy } from './policy/cluster-policy.js';
import { PolicyService } from './policy/policy.service.js';
import { RoundService } from './round/round.service.js';
import { PolicyRepository } from './policy/policy.repository.js';
import { LaneTrustRepository } from './round/lane-trust.repository.js';
import { ReconcileRounds } from './round/reconcile-rounds.js';
import { RoundRepository } from './round/round.repository.js';
import { SelfRepair } from './round/self-repair.js';

const PROVIDERS = [
  AdoptedRepository,
  AdoptionMatches,
  AdoptionPlan,
  AdoptionRepository,
  AdoptionService,
  AdoptionRows,
  AdoptionRuleRepository,
  ClusterPlaces,
  ClusterPolicy,
  FindingList,
  FindingRepository,
  FindingService,
  LaneTrustRepository,
  ObservedReader,
  ObservedRepository,
  NotificationSourceRepository,
  NotificationSourceService,
  PlanReader,
  PolicyRepository,
  PolicyService,
  RefreshRequestRepository,
  RefreshService,
  ReconcileRounds,
  RepairFacts,
  RoundRepository,
  RoundService,
  SelfRepair,
  SyncTierRepository,
];

/** What is found wrong, and what is done about it. Needs `Database` and the task services. */
@Module({ imports: [ClusterModule], providers: PROVIDERS, exports: PROVIDERS })
export class ReconcileModule {}
