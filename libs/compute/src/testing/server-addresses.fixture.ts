import { ClusterStatusRepository } from '@ultron/network/address-plan/supplement/cluster-status.repository';
import { SegmentLockRepository } from '@ultron/network/address-plan/segment/segment-lock.repository';
import { AddressPlanFixture } from '@ultron/network/address-plan/testing/address-plan.fixture';
import { PlanRoomService } from '@ultron/network/address-plan/usage/plan-room.service';
import { PortPlaceRepository } from '@ultron/network/port/port-place.repository';
import { SegmentTaskRepository } from '@ultron/network/realisation/segment-task.repository';
import { SegmentTasks } from '@ultron/network/realisation/segment-tasks';
import type { Database } from '@ultron/platform/database/database.service';
import type { TaskService } from '@ultron/tasks/task/task.service';
import { AddressReplenishment } from '../server-nic/address-replenishment.js';
import { NicFinder } from '../server-nic/nic-finder.js';
import { ServerAddresses } from '../server-nic/server-addresses.js';
import { ServerNicRepository } from '../server-nic/server-nic.repository.js';

/** What servers need to have addresses of a plan, without Nest. */
export interface ServerAddressParts {
  plan: AddressPlanFixture;
  segmentTasks: SegmentTasks;
  nicFinder: NicFinder;
  serverAddresses: ServerAddresses;
  nicRows: ServerNicRepository;
}

export function serverAddressParts(
  database: Database,
  tasks: TaskService,
  plan = new AddressPlanFixture(database),
): ServerAddressParts {
  const segmentTasks = new SegmentTasks(tasks, new SegmentTaskRepository());
  const clusters = new ClusterStatusRepository();
  return {
    plan,
    segmentTasks,
    nicFinder: new NicFinder(database, new PortPlaceRepository(), plan.plans),
    serverAddresses: new ServerAddresses(
      new PlanRoomService(plan.plans, clusters, plan.config),
      new SegmentLockRepository(),
      plan.allocation,
      new AddressReplenishment(plan.supplements, clusters, segmentTasks),
    ),
    nicRows: new ServerNicRepository(),
  };
}
