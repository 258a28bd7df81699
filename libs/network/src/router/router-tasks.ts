import { Inject, Injectable } from '@nestjs/common';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import type { ClusterFacts } from '@ultron/cluster/scheduler/placement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask } from '@ultron/tasks/task/task.types';
import {
  NETWORK_TASK,
  networkTask,
  type Begun,
  type ClusterRouterInput,
  type NetworkOrigin,
} from '../lifecycle/network-task.js';
import { PortPlaceRepository } from '../port/port-place.repository.js';
import type { ClusterRouter } from './cluster-router.entity.js';
import { ClusterRouterRepository } from './cluster-router.repository.js';
import type { Router } from './router.entity.js';
import { RouterRepository } from './router.repository.js';

type Trace = Pick<NetworkOrigin, 'traceId' | 'traceparent'>;
type ParentKind = (typeof NETWORK_TASK)['createRouter' | 'updateRouter' | 'deleteRouter'];

/** What is to become of a router in one cluster. */
interface Turn {
  cluster: ClusterFacts;
  part: ClusterRouter | undefined;
  /** The cluster has, or is to have, a segment of an attached subnet. */
  wanted: boolean;
}

/** Writes the tasks that make the routers of the clusters as the router of the VPC is to be. */
@Injectable()
export class RouterTasks {
  constructor(
    @Inject(RouterRepository) private readonly routers: RouterRepository,
    @Inject(ClusterRouterRepository) private readonly parts: ClusterRouterRepository,
    @Inject(PortPlaceRepository) private readonly places: PortPlaceRepository,
    @Inject(FactsRepository) private readonly facts: FactsRepository,
    @Inject(TaskService) private readonly tasks: TaskService,
  ) {}

  /** The clusters that are to have the router, by the subnets that are attached to it now. */
  async clustersOf(tx: Transaction, routerId: string): Promise<string[]> {
    const attached = await this.routers.interfacesOf(tx, [routerId]);
    const segments = await this.places.segmentsOf(
      tx,
      attached.map(({ subnetId }) => subnetId),
    );
    return [...new Set(segments.map(({ clusterId }) => clusterId))].sort();
  }

  /** A parent, and a child for each cluster that has or is to have the router, whose row the caller has locked. */
  async begin(tx: Transaction, router: Router, kind: ParentKind, trace: Trace): Promise<Begun> {
    const deleting = kind === NETWORK_TASK.deleteRouter;
    const turns = await this.turnsOf(tx, router.id, deleting);
    const [first] = turns;
    if (!first) {
      await this.routers.handTo(tx, router.id, null, deleting ? 'deleted' : 'active');
      return { task: null, ring: [] };
    }
    const parent = networkTask(kind, {
      conductorGroup: first.cluster.conductorGroup,
      projectId: router.projectId,
      resource: { kind: 'router', id: router.id },
      input: { router_id: router.id },
      childCount: turns.length,
      origin: trace,
    });
    const children = turns.map((turn) => childTask(router, turn, trace, parent.id));
    await this.tasks.createMany(tx, [parent, ...children]);
    for (const [i, turn] of turns.entries()) await this.hand(tx, router, turn, children[i]);
    const fresh = kind === NETWORK_TASK.createRouter;
    await this.routers.handTo(
      tx,
      router.id,
      parent.id,
      deleting ? 'deleting' : fresh ? 'building' : 'updating',
    );
    return { task: parent, ring: children };
  }

  /**
   * A segment was built: if its subnet is attached to a router, the router of its cluster gets a leg in it. The caller
   * holds the lock of the segment's row, so that nobody attaches the subnet meanwhile. The conductors find the task by
   * themselves, within a second or two of the commit; ring it if you can.
   */
  async segmentBuilt(tx: Transaction, segmentId: string, trace: Trace): Promise<NewTask[]> {
    const segment = await this.places.findSegment(tx, segmentId);
    const attached = segment && (await this.routers.findOfSubnet(tx, segment.subnetId));
    const router = attached && (await this.routers.lock(tx, attached.id));
    if (!segment || !router || router.status === 'deleting' || router.status === 'deleted') return [];
    const cluster = (await this.facts.load(tx)).find(({ id }) => id === segment.clusterId);
    if (!cluster) return [];
    const part = (await this.parts.find(tx, router.id, cluster.id)) ?? undefined;
    const turn: Turn = { cluster, part, wanted: true };
    const task = childTask(router, turn, trace);
    await this.tasks.createMany(tx, [task]);
    await this.hand(tx, router, turn, task);
    return [task];
  }

  private async turnsOf(tx: Transaction, routerId: string, deleting: boolean): Promise<Turn[]> {
    const wanted = new Set(deleting ? [] : await this.clustersOf(tx, routerId));
    const parts = new Map((await this.parts.ofRouters(tx, [routerId])).map((part) => [part.clusterId, part]));
    return (await this.facts.load(tx))
      .filter(({ id }) => wanted.has(id) || parts.has(id))
      .map((cluster) => ({ cluster, part: parts.get(cluster.id), wanted: wanted.has(cluster.id) }));
  }

  private async hand(
    tx: Transaction,
    router: Router,
    { cluster, part, wanted }: Turn,
    task: NewTask | undefined,
  ): Promise<void> {
    if (!task) return;
    const status = !wanted ? 'deleting' : part?.openstackId ? 'updating' : 'building';
    await this.parts.begin(tx, { routerId: router.id, clusterId: cluster.id, taskId: task.id, status });
  }
}

function childTask(
  router: Router,
  { cluster, part, wanted }: Turn,
  trace: Trace,
  parentId?: string,
): NewTask {
  const input: ClusterRouterInput = {
    router_id: router.id,
    cluster_id: cluster.id,
    predecessor: part?.taskId ?? null,
  };
  return networkTask(wanted ? NETWORK_TASK.realiseRouter : NETWORK_TASK.removeRouter, {
    conductorGroup: cluster.conductorGroup,
    projectId: router.projectId,
    parentId,
    resource: { kind: 'router', id: router.id },
    input,
    origin: trace,
  });
}
