import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { TaskRef } from '@ultron/tasks/task/task.types';
import { ClusterStatusRepository } from '../address-plan/supplement/cluster-status.repository.js';
import { SupplementService } from '../address-plan/supplement/supplement.service.js';
import { PlanRoomService } from '../address-plan/usage/plan-room.service.js';
import type { PlanRoom } from '../address-plan/usage/plan-room.rules.js';
import { PLAN_TASK } from '../realisation/plan-task.js';
import { SegmentTasks, type PlanOrigin } from '../realisation/segment-tasks.js';

/** Addresses of a VPC, or of one subnet of it, for ports. */
export interface Supplied {
  vpcId: string;
  subnetId?: string | undefined;
  /** The cluster that the port is bound to. */
  clusterId?: string | undefined;
}

/** What clusters have for ports, and can come to have. */
@Injectable()
export class PortSupply {
  constructor(
    @Inject(PlanRoomService) private readonly rooms: PlanRoomService,
    @Inject(ClusterStatusRepository) private readonly clusters: ClusterStatusRepository,
    @Inject(SupplementService) private readonly supplements: SupplementService,
    @Inject(SegmentTasks) private readonly segments: SegmentTasks,
  ) {}

  /** The clusters of the IDCs of the VPC; nothing is locked. */
  async roomsOf(tx: Transaction, { vpcId, subnetId, clusterId }: Supplied): Promise<PlanRoom[]> {
    const pinned = clusterId === undefined ? [] : [clusterId];
    const [found] = await this.rooms.roomsOf(tx, [{ vpcId, subnetId, pinned }]);
    return found?.rooms ?? [];
  }

  /**
   * Deals the cluster more addresses and writes the tasks that build them; returns what is to be rung. Of many that ask
   * at once the first one acts, and the others find that addresses are coming.
   */
  async replenish(
    tx: Transaction,
    { vpcId, subnetId, clusterId }: Supplied & { clusterId: string },
    idcId: string,
    origin: PlanOrigin,
  ): Promise<TaskRef[]> {
    const demands = await this.clusters.demands(tx, idcId, [clusterId]);
    const wanted = { id: newId(), vpcId, subnetId, idcId, clusterId, need: 1, urgent: true, demands };
    const { dealt: build, draining: drain } = await this.supplements.supplementIn(tx, wanted);
    const resource = { kind: 'vpc', id: vpcId } as const;
    const work = await this.segments.change(tx, {
      kind: PLAN_TASK.supplement,
      vpcId,
      resource,
      build,
      drain,
      origin,
    });
    return work?.ring ?? [];
  }
}
