import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { ClusterStatusRepository } from '@ultron/network/address-plan/supplement/cluster-status.repository';
import { demandOf } from '@ultron/network/address-plan/supplement/standing.rules';
import { SupplementService } from '@ultron/network/address-plan/supplement/supplement.service';
import { PLAN_TASK } from '@ultron/network/realisation/plan-task';
import { SegmentTasks, type PlanOrigin } from '@ultron/network/realisation/segment-tasks';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { TaskRef } from '@ultron/tasks/task/task.types';

/** A cluster that must be able to hand out more addresses of a VPC, or of one subnet of it. */
export interface Shortage {
  vpcId: string;
  subnetId?: string | undefined;
  clusterId: string;
  need: number;
  origin: PlanOrigin;
}

/** Deals clusters the addresses that servers wait for, and writes the tasks that build them. */
@Injectable()
export class AddressReplenishment {
  constructor(
    @Inject(SupplementService) private readonly supplements: SupplementService,
    @Inject(ClusterStatusRepository) private readonly clusters: ClusterStatusRepository,
    @Inject(SegmentTasks) private readonly tasks: SegmentTasks,
  ) {}

  /**
   * One supplement for all who want the same. Whoever comes second finds under the lock of the VPC that it is on its way
   * already. Returns what is to be rung after the commit.
   */
  async replenish(tx: Transaction, shortages: readonly Shortage[]): Promise<TaskRef[]> {
    const ring: TaskRef[] = [];
    if (shortages.length === 0) return ring;
    const clusters = await this.clusters.ofIdcs(tx);
    // In one order for all: whoever locks several VPCs does so without deadlocks.
    for (const shortage of shortages.toSorted(byPlace)) {
      const { vpcId, subnetId, clusterId, need, origin } = shortage;
      const idcId = clusters.find((one) => one.clusterId === clusterId)?.idcId;
      if (idcId === undefined) continue;
      const demands = clusters.filter((one) => one.idcId === idcId).map((one) => demandOf(one));
      const command = { id: newId(), vpcId, subnetId, idcId, clusterId, need, urgent: true, demands };
      const outcome = await unlessRefused(() => this.supplements.supplementIn(tx, command));
      if (!outcome) continue;
      const { dealt: build, draining: drain } = outcome;
      const resource = { kind: 'vpc', id: vpcId } as const;
      const work = await this.tasks.change(tx, {
        ...{ kind: PLAN_TASK.supplement, vpcId, resource, build, drain, origin },
      });
      ring.push(...(work?.ring ?? []));
    }
    return ring;
  }
}

/** A VPC that is being deleted, or a cluster that went out of use: nothing is dealt, and the scheduler says the rest. */
async function unlessRefused<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

const keyOf = ({ vpcId, subnetId, clusterId }: Shortage) => `${vpcId} ${subnetId ?? ''} ${clusterId}`;
const byPlace = (a: Shortage, b: Shortage) => (keyOf(a) < keyOf(b) ? -1 : 1);
