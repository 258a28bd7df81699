import type { OfferService } from '@ultron/compute/offer/offer.service';
import type { AddressWithdrawal } from '@ultron/network/address-plan/address/address-withdrawal';
import type { SegmentService } from '@ultron/network/address-plan/segment/segment.service';
import type { PortPlaceRepository } from '@ultron/network/port/port-place.repository';
import type { RealisationRepository } from '@ultron/network/realisation/realisation.repository';
import type { SegmentTaskRepository } from '@ultron/network/realisation/segment-task.repository';
import type { ClusterRouterRepository } from '@ultron/network/router/cluster-router.repository';
import type { RouterTasks } from '@ultron/network/router/router-tasks';
import type { RouterRepository } from '@ultron/network/router/router.repository';
import type { Database } from '@ultron/platform/database/database.service';
import type { CloudPool } from '../openstack/cloud-pool.js';

/** What the sagas that build the plan work with. */
export interface PlanDeps {
  database: Database;
  clouds: CloudPool;
  offers: OfferService;
  segments: SegmentService;
  withdrawals: AddressWithdrawal;
  realisation: RealisationRepository;
  segmentTasks: SegmentTaskRepository;
  portPlaces: PortPlaceRepository;
  routers: RouterRepository;
  clusterRouters: ClusterRouterRepository;
  routerTasks: RouterTasks;
}
