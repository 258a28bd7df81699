import type { AdoptedRepository } from '@ultron/reconcile/adoption/adopted.repository';
import type { AdoptionRepository } from '@ultron/reconcile/adoption/adoption.repository';
import type { AdoptionRows } from '@ultron/reconcile/adoption/adoption.rows';
import type { ClusterPlaces } from '@ultron/reconcile/cluster-place.repository';
import type { FindingRepository } from '@ultron/reconcile/finding/finding.repository';
import type { RepairFacts } from '@ultron/reconcile/finding/repair-facts.repository';
import type { RefreshService } from '@ultron/sync/refresh/refresh.service';

/** What the sagas of reconciliation work with beside those of the domains. */
export interface ReconcileDeps {
  findings: FindingRepository;
  repairFacts: RepairFacts;
  adoptions: AdoptionRepository;
  adoptionRows: AdoptionRows;
  adopted: AdoptedRepository;
  clusterPlaces: ClusterPlaces;
  refreshes: RefreshService;
}
