import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask, TaskRef } from '@ultron/tasks/task/task.types';
import { formatAddress, fromBytes } from '../address-plan/block/block.js';
import {
  PLAN_DOMAIN,
  PLAN_TASK,
  type NetworkRemoveInput,
  type PlanChangeKind,
  type SegmentInput,
  type SubnetRemoveInput,
  type VpcRemoveInput,
} from './plan-task.js';
import { SegmentTaskRepository, type PlannedWork } from './segment-task.repository.js';

/** For whom the work is done, and in which trace. */
export interface PlanOrigin {
  projectId: string | null;
  traceId: string;
  traceparent: string;
}

/** A change of the plan that its clusters are now to be told of. */
export interface PlanChange {
  kind: PlanChangeKind;
  vpcId: string;
  /** What the parent task is about: the subnet, or the VPC when it is about several. */
  resource: { kind: 'subnet' | 'vpc'; id: string };
  /** Dealt segments, to be built. */
  build?: readonly { segmentId: string }[];
  /** Draining segments. Those that still hold addresses are taken down later, once they are empty. */
  drain?: readonly string[];
  origin: PlanOrigin;
}

/** The parent task, and all that is to be rung after the commit (`TaskService.ring`). */
export interface PlanWork {
  task: NewTask;
  ring: TaskRef[];
}

/** The most addresses that are named when something is in use. */
const MOST_NAMED = 100;

/**
 * Writes the tasks that build what was planned, in the transaction that planned it: a parent, and a child for each
 * segment in the conductor group of its cluster.
 */
@Injectable()
export class SegmentTasks {
  constructor(
    @Inject(TaskService) private readonly tasks: TaskService,
    @Inject(SegmentTaskRepository) private readonly rows: SegmentTaskRepository,
  ) {}

  /** Null when there is nothing to be done in any cluster. */
  async change(tx: Transaction, change: PlanChange): Promise<PlanWork | null> {
    const { build = [], drain = [] } = change;
    const built = await this.rows.ofSegments(
      tx,
      build.map(({ segmentId }) => segmentId),
    );
    const drained = (await this.rows.ofSegments(tx, drain)).filter(({ empty }) => empty);
    const children = [
      ...built.map((one) => segmentTask(PLAN_TASK.buildSegment, one, change.origin)),
      ...drained.map((one) => segmentTask(PLAN_TASK.drainSegment, one, change.origin)),
    ];
    if (children.length === 0) return null;
    // One that is built is of use already: the others are tried again.
    const minSucceeded = change.kind === PLAN_TASK.createSubnet ? 1 : undefined;
    return this.write(tx, { ...change, children, minSucceeded });
  }

  /**
   * Deletes a subnet in its clusters, and then its rows. The caller holds the lock of the VPC.
   * @throws Fault `subnet_in_use` with the addresses that are
   */
  async deleteSubnet(
    tx: Transaction,
    { subnetId, vpcId, origin }: { subnetId: string; vpcId: string; origin: PlanOrigin },
  ): Promise<PlanWork> {
    const used = await this.rows.inUse(tx, subnetId, MOST_NAMED);
    if (used.length > 0) throw subnetInUse(used);
    await this.rows.beginDelete(tx, subnetId);
    const segments = (await this.rows.ofSubnet(tx, subnetId)).filter(({ state }) => state === 'draining');
    const group = segments[0]?.conductorGroup ?? (await this.rows.anyGroup(tx));
    const resource = { kind: 'subnet', id: subnetId } as const;
    const input: SubnetRemoveInput = { subnet_id: subnetId, vpc_id: vpcId };
    const children = [
      ...segments.map((one) => segmentTask(PLAN_TASK.drainSegment, one, origin)),
      task(PLAN_TASK.removeSubnet, { conductorGroup: group, resource, input, origin }),
    ];
    return this.write(tx, { kind: PLAN_TASK.deleteSubnet, vpcId, resource, origin, children });
  }

  /** Deletes what clusters have of a VPC that has no subnet, and then its row. The caller holds its lock. */
  async deleteVpc(
    tx: Transaction,
    { vpcId, origin }: { vpcId: string; origin: PlanOrigin },
  ): Promise<PlanWork> {
    await this.rows.beginDeleteVpc(tx, vpcId);
    const networks = await this.rows.networksOf(tx, vpcId);
    const group = networks[0]?.conductorGroup ?? (await this.rows.anyGroup(tx));
    const resource = { kind: 'vpc', id: vpcId } as const;
    const input: VpcRemoveInput = { vpc_id: vpcId };
    const children = [
      ...networks.map(({ clusterId, conductorGroup }) => {
        const own: NetworkRemoveInput = { vpc_id: vpcId, cluster_id: clusterId };
        return task(PLAN_TASK.removeNetwork, { conductorGroup, resource, input: own, origin });
      }),
      task(PLAN_TASK.removeVpc, { conductorGroup: group, resource, input, origin }),
    ];
    return this.write(tx, { kind: PLAN_TASK.deleteVpc, vpcId, resource, origin, children });
  }

  private async write(
    tx: Transaction,
    what: Pick<PlanChange, 'resource' | 'vpcId' | 'origin'> & {
      kind: string;
      children: readonly NewTask[];
      minSucceeded?: number | undefined;
    },
  ): Promise<PlanWork> {
    const { kind, resource, vpcId, origin, children, minSucceeded } = what;
    const [first] = children;
    const parent: NewTask = {
      ...task(kind, {
        conductorGroup: first?.conductorGroup ?? 'default',
        resource,
        input: { vpc_id: vpcId },
        origin,
      }),
      childCount: children.length,
      ...(minSucceeded === undefined ? {} : { minSucceeded }),
    };
    const own = children.map((child) => ({ ...child, parentId: parent.id }));
    await this.tasks.createMany(tx, [parent, ...own]);
    for (const child of own) {
      if (child.resource?.kind === 'segment') await this.rows.setTask(tx, child.resource.id, child.id);
    }
    return { task: parent, ring: own };
  }
}

function segmentTask(kind: string, work: PlannedWork, origin: PlanOrigin): NewTask {
  const { segmentId, vpcId, clusterId, conductorGroup } = work;
  const input: SegmentInput = { segment_id: segmentId, vpc_id: vpcId, cluster_id: clusterId };
  return task(kind, { conductorGroup, resource: { kind: 'segment', id: segmentId }, input, origin });
}

function task(
  kind: string,
  what: Pick<NewTask, 'conductorGroup' | 'resource' | 'input'> & { origin: PlanOrigin },
): NewTask {
  const { conductorGroup, resource, input, origin } = what;
  return { id: newId(), kind, domain: PLAN_DOMAIN, conductorGroup, resource, input, ...origin };
}

function subnetInUse(used: readonly { address: Buffer; state: string; portId: string | null }[]): Fault {
  const named = used.map(({ address, state, portId }) => ({
    address: formatAddress(address.length === 4 ? 4 : 6, fromBytes(address)),
    state,
    port_id: portId,
  }));
  return new Fault({
    code: 'subnet_in_use',
    category: 'conflict',
    detail: `Servers or ports have addresses of the subnet: ${named
      .slice(0, 3)
      .map(({ address }) => address)
      .join(', ')}${named.length > 3 ? ', …' : ''}. Delete them first.`,
    extra: { addresses: named, more: named.length === MOST_NAMED },
  });
}
