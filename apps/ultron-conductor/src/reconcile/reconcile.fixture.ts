import type { Database } from '@ultron/platform/database/database.service';
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
  findings: new FindingRepository(),
  repairFacts: new RepairFacts(),
  adoptions: new AdoptionRepository(),
  adoptionRows: new AdoptionRows(),
  clusterPlaces: new ClusterPlaces(),
  refreshes: new RefreshService(database, new RefreshRequestRepository()),
});
