import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { ClusterObservations } from '@ultron/cluster/cluster/cluster-observation.service';
import { SchedulerService } from '@ultron/cluster/scheduler/scheduler.service';
import { FlavorRepository } from '@ultron/compute/flavor/flavor.repository';
import { ImageRepository } from '@ultron/compute/image/image.repository';
import { OfferService } from '@ultron/compute/offer/offer.service';
import { SchedulingDecisionRepository } from '@ultron/compute/scheduling-decision/scheduling-decision.repository';
import { ServerObservationRepository } from '@ultron/compute/server/server-observation.repository';
import { ServerSpecRepository } from '@ultron/compute/server/server-spec.repository';
import { ServerRepository } from '@ultron/compute/server/server.repository';
import { ServerAddresses } from '@ultron/compute/server-nic/server-addresses';
import { ServerNicRepository } from '@ultron/compute/server-nic/server-nic.repository';
import { AddressAllocation } from '@ultron/network/address-plan/address/address-allocation';
import { AddressWithdrawal } from '@ultron/network/address-plan/address/address-withdrawal';
import { SegmentService } from '@ultron/network/address-plan/segment/segment.service';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import { FloatingIpRepository } from '@ultron/network/floating-ip/floating-ip.repository';
import { PortAddresses } from '@ultron/network/port/port-addresses';
import { PortPlaceRepository } from '@ultron/network/port/port-place.repository';
import { PortRepository } from '@ultron/network/port/port.repository';
import { QosPolicyRepository } from '@ultron/network/qos-policy/qos-policy.repository';
import { ClusterRouterRepository } from '@ultron/network/router/cluster-router.repository';
import { RouterTasks } from '@ultron/network/router/router-tasks';
import { RouterRepository } from '@ultron/network/router/router.repository';
import { RealisationRepository } from '@ultron/network/realisation/realisation.repository';
import { SegmentTaskRepository } from '@ultron/network/realisation/segment-task.repository';
import { Database } from '@ultron/platform/database/database.service';
import { Log } from '@ultron/platform/logging/logger';
import { TraceWriter } from '@ultron/platform/trace/trace-writer';
import { AdoptedRepository } from '@ultron/reconcile/adoption/adopted.repository';
import { AdoptionRepository } from '@ultron/reconcile/adoption/adoption.repository';
import { AdoptionRows } from '@ultron/reconcile/adoption/adoption.rows';
import { ClusterPlaces } from '@ultron/reconcile/cluster-place.repository';
import { FindingRepository } from '@ultron/reconcile/finding/finding.repository';
import { RepairFacts } from '@ultron/reconcile/finding/repair-facts.repository';
import { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import { RefreshService } from '@ultron/sync/refresh/refresh.service';
import { TaskService } from '@ultron/tasks/task/task.service';
import { HostRatios } from './cluster/host-ratios.js';
import { Refusals } from './compute/refusals.js';
import type { ConductorDeps } from './conductor.deps.js';
import { PortBatch } from './network/port-batch.js';
import { callObserver } from './openstack/call.observer.js';
import { CloudPool } from './openstack/cloud-pool.js';
import { clusterCan } from './openstack/cluster-features.js';

/** Puts together what the sagas and loops of this process share; each of them declares which part it uses. */
export function conductorParts(modules: ModuleRef): ConductorDeps {
  const get = <T>(type: Type<T>): T => modules.get(type, { strict: false });
  const observer = callObserver(get(TraceWriter), get(Log));
  const observations = get(ClusterObservations);
  const clouds = new CloudPool(observations, observer);
  const offers = get(OfferService);
  return {
    database: get(Database),
    clouds,
    portBatch: new PortBatch({
      portsOf: async (id) => (await clouds.get(id)).network.ports,
      inBulk: (id) => clusterCan({ offers }, id, 'bulk_ports'),
    }),
    refusals: new Refusals(),
    observer,
    observations,
    ratios: new HostRatios(),
    tasks: get(TaskService),
    scheduler: get(SchedulerService),
    offers,
    flavors: get(FlavorRepository),
    images: get(ImageRepository),
    networks: get(NetworkRepository),
    securityGroups: get(SecurityGroupRepository),
    ports: get(PortRepository),
    portPlaces: get(PortPlaceRepository),
    portAddresses: get(PortAddresses),
    floatingIps: get(FloatingIpRepository),
    qosPolicies: get(QosPolicyRepository),
    routers: get(RouterRepository),
    clusterRouters: get(ClusterRouterRepository),
    routerTasks: get(RouterTasks),
    segments: get(SegmentService),
    withdrawals: get(AddressWithdrawal),
    realisation: get(RealisationRepository),
    segmentTasks: get(SegmentTaskRepository),
    servers: get(ServerRepository),
    serverNics: get(ServerNicRepository),
    serverAddresses: get(ServerAddresses),
    addressAllocation: get(AddressAllocation),
    serverSpecs: get(ServerSpecRepository),
    serverObservations: get(ServerObservationRepository),
    decisions: get(SchedulingDecisionRepository),
    findings: get(FindingRepository),
    repairFacts: get(RepairFacts),
    adoptions: get(AdoptionRepository),
    adoptionRows: get(AdoptionRows),
    adopted: get(AdoptedRepository),
    clusterPlaces: get(ClusterPlaces),
    refreshes: get(RefreshService),
  };
}
