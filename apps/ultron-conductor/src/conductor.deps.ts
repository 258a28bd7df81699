import type { ClusterDeps } from './cluster/cluster.deps.js';
import type { FlavorRepository } from '@ultron/compute/flavor/flavor.repository';
import type { OfferService } from '@ultron/compute/offer/offer.service';
import type { SchedulingDecisionRepository } from '@ultron/compute/scheduling-decision/scheduling-decision.repository';
import type { ServerObservationRepository } from '@ultron/compute/server/server-observation.repository';
import type { ServerSpecRepository } from '@ultron/compute/server/server-spec.repository';
import type { ServerRepository } from '@ultron/compute/server/server.repository';
import type { ServerAddresses } from '@ultron/compute/server-nic/server-addresses';
import type { ServerNicRepository } from '@ultron/compute/server-nic/server-nic.repository';
import type { AddressAllocation } from '@ultron/network/address-plan/address/address-allocation';
import type { AddressWithdrawal } from '@ultron/network/address-plan/address/address-withdrawal';
import type { PortAddresses } from '@ultron/network/port/port-addresses';
import type { FindingRepository } from '@ultron/reconcile/finding/finding.repository';
import type { SchedulerService } from '@ultron/cluster/scheduler/scheduler.service';
import type { PortRepository } from '@ultron/network/port/port.repository';
import type { Database } from '@ultron/platform/database/database.service';
import type { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import type { TaskService } from '@ultron/tasks/task/task.service';
import type { Refusals } from './compute/refusals.js';
import type { CloudPool } from './openstack/cloud-pool.js';
import type { PlanDeps } from './network/plan.deps.js';
import type { PortNetworkDeps } from './network/port-network.deps.js';
import type { PortBatch } from './network/port-batch.js';
import type { ReconcileDeps } from './reconcile/reconcile.deps.js';

/** What the sagas of compute and network work with. */
export interface ComputeDeps {
  database: Database;
  clouds: CloudPool;
  portBatch: PortBatch;
  refusals: Refusals;
  flavors: FlavorRepository;
  servers: ServerRepository;
  serverSpecs: ServerSpecRepository;
  serverObservations: ServerObservationRepository;
  decisions: SchedulingDecisionRepository;
  offers: OfferService;
  ports: PortRepository;
  securityGroups: SecurityGroupRepository;
  serverNics: ServerNicRepository;
  serverAddresses: ServerAddresses;
  addressAllocation: AddressAllocation;
  portAddresses: PortAddresses;
  withdrawals: AddressWithdrawal;
  findings: FindingRepository;
  scheduler: SchedulerService;
  tasks: TaskService;
}

/** What every saga of a conductor may ask for; each declares the part that it uses. */
export type ConductorDeps = ComputeDeps & ClusterDeps & PlanDeps & PortNetworkDeps & ReconcileDeps;
