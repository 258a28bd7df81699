import { Inject, Injectable } from '@nestjs/common';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import type { ClusterFacts } from '@ultron/cluster/scheduler/placement';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask, TaskRef } from '@ultron/tasks/task/task.types';
import { chooseCluster, requireCapabilities, type NetworkNeed } from '../lifecycle/cluster-choice.rules.js';
import { clusterNamed, clusterOpenToChanges } from '../lifecycle/cluster-part.faults.js';
import { CHANGING, type LifecycleStatus } from '../lifecycle/lifecycle.state.js';
import { badField, badFields, notThere, stateConflict } from '../lifecycle/network.faults.js';
import {
  NETWORK_TASK,
  networkTask,
  type FloatingIpCreateInput,
  type FloatingIpDeleteInput,
  type FloatingIpIntent,
  type FloatingIpUpdateInput,
  type NetworkOrigin,
} from '../lifecycle/network-task.js';
import { given } from '../lifecycle/patch.js';
import type { Network } from '../network/network.entity.js';
import { NetworkRepository } from '../network/network.repository.js';
import { QosPolicyService } from '../qos-policy/qos-policy.service.js';
import { FloatingIpPaths } from './floating-ip-paths.js';
import type { FloatingIp } from './floating-ip.entity.js';
import {
  FloatingIpRepository,
  type FloatingIpFilter,
  type FloatingIpSort,
} from './floating-ip.repository.js';

export interface FloatingIpWish extends FloatingIpIntent {
  projectId: string;
  /** The external network, by name or id. */
  network: string;
  /** By name or id; that of the port, or chosen, when it is not given. */
  cluster?: string | undefined;
}

export interface FloatingIpChange {
  floatingIp: FloatingIp;
  task: NewTask | null;
  /** Tasks to be rung after the commit. */
  ring: TaskRef[];
}

const CHANGEABLE: readonly LifecycleStatus[] = ['active'];
const NEEDS: readonly NetworkNeed[] = [{ capability: 'floating_ips', pointer: '/network' }];
const QOS_NEED: NetworkNeed = { capability: 'qos_floating_ip', pointer: '/qos_policy_id' };

@Injectable()
export class FloatingIpService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(FloatingIpRepository) private readonly floatingIps: FloatingIpRepository,
    @Inject(FloatingIpPaths) private readonly paths: FloatingIpPaths,
    @Inject(NetworkRepository) private readonly networks: NetworkRepository,
    @Inject(QosPolicyService) private readonly policies: QosPolicyService,
    @Inject(FactsRepository) private readonly facts: FactsRepository,
    @Inject(TaskService) private readonly tasks: TaskService,
  ) {}

  /**
   * Allocates a floating IP of an external network in one cluster; with a port, it leads there.
   * @throws Fault `invalid_body`, `network_no_cluster_fits`, `network_capability_missing`, and as `FloatingIpPaths`.
   */
  async create(tx: Transaction, wish: FloatingIpWish, origin: NetworkOrigin): Promise<FloatingIpChange> {
    const network = await this.externalNetwork(tx, wish.network);
    const cluster = await this.clusterFor(tx, wish, network);
    await this.paths.require(tx, wish, {
      clusterId: cluster.id,
      networkId: network.id,
      projectId: wish.projectId,
    });
    const policy = await this.policyFor(tx, wish, cluster, wish.projectId, origin);
    const id = newId();
    const input: FloatingIpCreateInput = {
      floating_ip_id: id,
      cluster_id: cluster.id,
      qos_task_id: policy.taskId,
    };
    const { projectId, description, portId, fixedIpAddress, qosPolicyId } = wish;
    const task = taskFor(NETWORK_TASK.createFloatingIp, { id, projectId }, cluster, input, origin);
    await this.floatingIps.insert(tx, {
      id,
      projectId,
      clusterId: cluster.id,
      networkId: network.id,
      description,
      portId,
      fixedIpAddress,
      qosPolicyId,
      taskId: task.id,
    });
    await this.tasks.createMany(tx, [task]);
    return { floatingIp: await this.present(tx, id), task, ring: [...policy.ring, task] };
  }

  /** @throws Fault `floating_ip_not_found`. */
  async get(id: string, projectId: string | undefined): Promise<FloatingIp> {
    return visible(await this.floatingIps.find(this.database.read, id), id, projectId);
  }

  /** One more than the page asks for, when there is one. */
  async list(filter: FloatingIpFilter, page: Page<FloatingIpSort>): Promise<FloatingIp[]> {
    return this.floatingIps.list(this.database.read, filter, page);
  }

  /**
   * Leads it to a port, to another one of the same cluster, or nowhere; puts it under a policy.
   * @throws Fault `floating_ip_not_found`, `floating_ip_state_conflict`, and as `create`.
   */
  async update(
    tx: Transaction,
    id: string,
    patch: Partial<FloatingIpIntent>,
    origin: NetworkOrigin,
    check: (version: number) => void,
  ): Promise<FloatingIpChange> {
    const ip = visible(await this.floatingIps.lock(tx, id), id, origin.projectId);
    check(ip.version);
    if (!CHANGEABLE.includes(ip.status)) throw stateConflict('floating_ip', ip.status, 'changed', CHANGEABLE);
    const { description, portId, fixedIpAddress, qosPolicyId, clusterId, networkId, projectId } = ip;
    const before: FloatingIpIntent = { description, portId, fixedIpAddress, qosPolicyId };
    const wished = given(patch);
    // An address belongs to the port that it was given with.
    const moved = wished.portId !== undefined && wished.portId !== portId;
    const intent = { ...before, ...(moved ? { fixedIpAddress: null } : {}), ...wished };
    const cluster = clusterOpenToChanges(await this.facts.load(tx), clusterId);
    if (wished.qosPolicyId != null) requireCapabilities(cluster, [QOS_NEED]);
    await this.paths.require(tx, intent, { clusterId, networkId, projectId, floatingIpId: id });
    const policy = await this.policyFor(tx, wished, cluster, projectId, origin);
    const input: FloatingIpUpdateInput = {
      floating_ip_id: id,
      cluster_id: clusterId,
      qos_task_id: policy.taskId,
      before,
    };
    const task = taskFor(NETWORK_TASK.updateFloatingIp, ip, cluster, input, origin);
    await this.tasks.createMany(tx, [task]);
    await this.floatingIps.setIntent(tx, id, intent);
    await this.floatingIps.handTo(tx, id, task.id, 'updating');
    return { floatingIp: await this.present(tx, id), task, ring: [...policy.ring, task] };
  }

  /** Releases it, wherever it leads. One that is being released, or is gone, answers without a task. */
  async delete(
    tx: Transaction,
    id: string,
    origin: NetworkOrigin,
    check: (version: number) => void,
  ): Promise<FloatingIpChange> {
    const ip = visible(await this.floatingIps.lock(tx, id), id, origin.projectId);
    if (ip.status === 'deleting' || ip.status === 'deleted') return { floatingIp: ip, task: null, ring: [] };
    check(ip.version);
    const cluster = clusterOpenToChanges(await this.facts.load(tx), ip.clusterId);
    const busy = CHANGING.has(ip.status) || ip.status === 'error';
    const predecessor = busy ? ip.taskId : null;
    const cancelled = predecessor ? await this.tasks.requestCancel(tx, predecessor) : [];
    const input: FloatingIpDeleteInput = { floating_ip_id: id, cluster_id: cluster.id, predecessor };
    const task = taskFor(NETWORK_TASK.deleteFloatingIp, ip, cluster, input, origin);
    await this.tasks.createMany(tx, [task]);
    await this.floatingIps.handTo(tx, id, task.id, 'deleting');
    return { floatingIp: await this.present(tx, id), task, ring: [...cancelled, task] };
  }

  private async externalNetwork(tx: Transaction, nameOrId: string): Promise<Network> {
    const network = await this.networks.find(tx, nameOrId);
    if (network) return network;
    throw badFields([{ pointer: '/network', detail: `there is no network '${nameOrId}'` }]);
  }

  private async clusterFor(tx: Transaction, wish: FloatingIpWish, network: Network): Promise<ClusterFacts> {
    const clusters = await this.facts.load(tx);
    const shown = (await this.networks.listClusterNetworks(tx, network.id)).filter(
      ({ external }) => external,
    );
    if (shown.length === 0) {
      throw badField(
        'external_network_missing',
        '/network',
        `network '${network.name}' leads out of no cluster: floating IPs are of external networks`,
      );
    }
    const candidates = shown.map(({ clusterId }) => ({ clusterId, room: 1 }));
    const needs = wish.qosPolicyId === null ? NEEDS : [...NEEDS, QOS_NEED];
    const portsCluster = wish.portId === null ? null : await this.paths.clusterOfPort(tx, wish.portId);
    const named = wish.cluster ?? portsCluster;
    if (named === null) return chooseCluster(clusters, candidates, needs);
    const cluster = clusterNamed(clusters, named, '/cluster');
    requireCapabilities(cluster, needs);
    return chooseCluster([cluster], candidates, needs);
  }

  private async policyFor(
    tx: Transaction,
    { qosPolicyId }: Partial<FloatingIpIntent>,
    cluster: ClusterFacts,
    projectId: string,
    origin: NetworkOrigin,
  ): Promise<{ taskId: string | null; ring: NewTask[] }> {
    if (qosPolicyId == null) return { taskId: null, ring: [] };
    const pointer = '/qos_policy_id';
    return this.policies.useIn(tx, { policyId: qosPolicyId, cluster, pointer, origin, projectId });
  }

  private async present(tx: Transaction, id: string): Promise<FloatingIp> {
    return visible(await this.floatingIps.find(tx, id), id, undefined);
  }
}

function taskFor(
  kind: string,
  { id, projectId }: { id: string; projectId: string },
  { conductorGroup }: ClusterFacts,
  input: unknown,
  origin: NetworkOrigin,
): NewTask {
  const resource = { kind: 'floating_ip', id };
  return networkTask(kind, { conductorGroup, projectId, resource, input, origin });
}

function visible(ip: FloatingIp | null, id: string, projectId: string | undefined): FloatingIp {
  if (ip && (projectId === undefined || ip.projectId === projectId)) return ip;
  throw notThere('floating_ip', id);
}
