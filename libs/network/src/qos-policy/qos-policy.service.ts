import { Inject, Injectable } from '@nestjs/common';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import type { ClusterFacts } from '@ultron/cluster/scheduler/placement';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { FloatingIpRepository } from '../floating-ip/floating-ip.repository.js';
import type { LifecycleStatus } from '../lifecycle/lifecycle.state.js';
import { badFields, inUse, notThere, stateConflict } from '../lifecycle/network.faults.js';
import {
  NETWORK_TASK,
  networkTask,
  type Begun,
  type ClusterQosPolicyInput,
  type NetworkOrigin,
} from '../lifecycle/network-task.js';
import { given } from '../lifecycle/patch.js';
import { PortRepository } from '../port/port.repository.js';
import type { BandwidthLimit, ClusterQosPolicy, QosPolicy } from './qos-policy.entity.js';
import {
  QosPolicyRepository,
  type QosPolicyFilter,
  type QosPolicyIntent,
  type QosPolicySort,
} from './qos-policy.repository.js';
import { bandwidthProblems } from './qos-policy.rules.js';

/** A policy and what the clusters have of it. */
export interface QosPolicyDetail extends QosPolicy {
  clusters: ClusterQosPolicy[];
}

export interface QosPolicyChange extends Begun {
  policy: QosPolicyDetail;
}

type VersionCheck = (version: number) => void;

const MOST_NAMED = 100;
const CHANGEABLE: readonly LifecycleStatus[] = ['active', 'degraded', 'error'];

@Injectable()
export class QosPolicyService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(QosPolicyRepository) private readonly policies: QosPolicyRepository,
    @Inject(PortRepository) private readonly ports: PortRepository,
    @Inject(FloatingIpRepository) private readonly floatingIps: FloatingIpRepository,
    @Inject(FactsRepository) private readonly facts: FactsRepository,
    @Inject(TaskService) private readonly tasks: TaskService,
  ) {}

  /** Writes a policy down; a cluster gets it with the first port or floating IP there that is to be under it. */
  async create(
    tx: Transaction,
    wish: { projectId: string; name: string; description: string; bandwidthLimits: BandwidthLimit[] },
  ): Promise<QosPolicyDetail> {
    checkLimits(wish.bandwidthLimits);
    const id = newId();
    await this.policies.insert(tx, { id, ...wish });
    return this.detail(tx, id);
  }

  /** @throws Fault `qos_policy_not_found`. */
  async get(id: string, projectId: string | undefined): Promise<QosPolicyDetail> {
    const { read } = this.database;
    return this.withParts(read, visible(await this.policies.find(read, id), id, projectId));
  }

  /** One more than the page asks for, when there is one. */
  async list(filter: QosPolicyFilter, page: Page<QosPolicySort>): Promise<QosPolicyDetail[]> {
    const { read } = this.database;
    const rows = await this.policies.list(read, filter, page);
    const parts = await this.policies.partsOf(
      read,
      rows.map(({ id }) => id),
    );
    const byPolicy = Map.groupBy(parts, ({ qosPolicyId }) => qosPolicyId);
    return rows.map((row) => ({ ...row, clusters: byPolicy.get(row.id) ?? [] }));
  }

  /**
   * Changes a policy: at once in Ultron, by a task in each cluster that has it.
   * @throws Fault `qos_policy_not_found`, `qos_policy_state_conflict`, `invalid_body`.
   */
  async update(
    tx: Transaction,
    id: string,
    patch: Partial<QosPolicyIntent>,
    origin: NetworkOrigin,
    check: VersionCheck,
  ): Promise<QosPolicyChange> {
    const policy = visible(await this.policies.lock(tx, id), id, origin.projectId);
    check(policy.version);
    if (!CHANGEABLE.includes(policy.status))
      throw stateConflict('qos_policy', policy.status, 'changed', CHANGEABLE);
    const { name, description, bandwidthLimits } = policy;
    const intent = { name, description, bandwidthLimits, ...given(patch) };
    checkLimits(intent.bandwidthLimits);
    await this.policies.setIntent(tx, id, intent);
    return this.begin(
      tx,
      policy,
      NETWORK_TASK.updateQosPolicy,
      NETWORK_TASK.realiseQosPolicy,
      'updating',
      origin,
    );
  }

  /** @throws Fault `qos_policy_not_found`, `qos_policy_in_use` with what uses it, `qos_policy_state_conflict`. */
  async delete(
    tx: Transaction,
    id: string,
    origin: NetworkOrigin,
    check: VersionCheck,
  ): Promise<QosPolicyChange> {
    const policy = visible(await this.policies.lock(tx, id), id, origin.projectId);
    check(policy.version);
    if (policy.status === 'deleted') return { policy: await this.detail(tx, id), task: null, ring: [] };
    if (!CHANGEABLE.includes(policy.status))
      throw stateConflict('qos_policy', policy.status, 'deleted', CHANGEABLE);
    await this.requireUnused(tx, id);
    return this.begin(
      tx,
      policy,
      NETWORK_TASK.deleteQosPolicy,
      NETWORK_TASK.removeQosPolicy,
      'deleting',
      origin,
    );
  }

  /**
   * Makes sure that the cluster gets the policy before something there is to be under it; returns the task to wait
   * for, or null when the cluster has it. The policy cannot be deleted until the transaction ends.
   * @throws Fault `invalid_body` when there is no such policy, `qos_policy_state_conflict`.
   */
  async useIn(
    tx: Transaction,
    use: {
      policyId: string;
      cluster: ClusterFacts;
      pointer: string;
      origin: NetworkOrigin;
      projectId: string | null;
    },
  ): Promise<{ taskId: string | null; ring: NewTask[] }> {
    const { policyId: id, cluster, pointer, origin, projectId } = use;
    const policy = await this.policies.lock(tx, id);
    if (!policy || policy.status === 'deleted' || (projectId !== null && policy.projectId !== projectId)) {
      throw badFields([{ pointer, detail: `there is no QoS policy ${id} in the project` }]);
    }
    if (policy.status === 'deleting')
      throw stateConflict('qos_policy', policy.status, 'used', ['active', 'updating', 'degraded']);
    const part = await this.policies.findPart(tx, id, cluster.id);
    if (part?.status === 'active') return { taskId: null, ring: [] };
    if (part && (part.status === 'building' || part.status === 'updating'))
      return { taskId: part.taskId, ring: [] };
    const task = childTask(NETWORK_TASK.realiseQosPolicy, policy, cluster, part?.taskId ?? null, origin);
    await this.tasks.createMany(tx, [task]);
    await this.policies.beginPart(tx, { id, clusterId: cluster.id, taskId: task.id, status: 'building' });
    return { taskId: task.id, ring: [task] };
  }

  private async begin(
    tx: Transaction,
    policy: QosPolicy,
    parentKind: string,
    childKind: string,
    status: 'updating' | 'deleting',
    origin: NetworkOrigin,
  ): Promise<QosPolicyChange> {
    const { id } = policy;
    const parts = await this.policies.partsOf(tx, [id]);
    const facts = new Map((await this.facts.load(tx)).map((cluster) => [cluster.id, cluster]));
    const children = parts.flatMap((part) => {
      const cluster = facts.get(part.clusterId);
      return cluster ? [{ part, task: childTask(childKind, policy, cluster, part.taskId, origin) }] : [];
    });
    const [first] = children;
    if (!first) {
      await this.policies.handTo(tx, id, null, status === 'deleting' ? 'deleted' : 'active');
      return { policy: await this.detail(tx, id), task: null, ring: [] };
    }
    const parent = networkTask(parentKind, {
      conductorGroup: first.task.conductorGroup,
      projectId: policy.projectId,
      resource: { kind: 'qos_policy', id },
      input: { qos_policy_id: id },
      childCount: children.length,
      origin,
    });
    const own = children.map(({ task }) => ({ ...task, parentId: parent.id }));
    await this.tasks.createMany(tx, [parent, ...own]);
    for (const [i, { part }] of children.entries()) {
      await this.policies.beginPart(tx, {
        id,
        clusterId: part.clusterId,
        taskId: own[i]?.id ?? parent.id,
        status,
      });
    }
    await this.policies.handTo(tx, id, parent.id, status);
    return { policy: await this.detail(tx, id), task: parent, ring: own };
  }

  private async requireUnused(tx: Transaction, id: string): Promise<void> {
    const ports = await this.ports.listUsing(tx, { qosPolicyId: id }, MOST_NAMED);
    const floatingIps = await this.floatingIps.listUsing(tx, { qosPolicyId: id }, MOST_NAMED);
    if (ports.length === 0 && floatingIps.length === 0) return;
    throw inUse(
      'qos_policy',
      { ports: ports.map((port) => port.id), floating_ips: floatingIps.map((ip) => ip.id) },
      'Give them another policy, or none, first.',
    );
  }

  private async detail(tx: Transaction, id: string): Promise<QosPolicyDetail> {
    return this.withParts(tx, visible(await this.policies.find(tx, id), id, undefined));
  }

  private async withParts(tx: Transaction, policy: QosPolicy): Promise<QosPolicyDetail> {
    return { ...policy, clusters: await this.policies.partsOf(tx, [policy.id]) };
  }
}

function childTask(
  kind: string,
  policy: QosPolicy,
  cluster: ClusterFacts,
  predecessor: string | null,
  origin: NetworkOrigin,
): NewTask {
  const input: ClusterQosPolicyInput = { qos_policy_id: policy.id, cluster_id: cluster.id, predecessor };
  return networkTask(kind, {
    conductorGroup: cluster.conductorGroup,
    projectId: policy.projectId,
    resource: { kind: 'qos_policy', id: policy.id },
    input,
    origin,
  });
}

function checkLimits(limits: readonly BandwidthLimit[]): void {
  const problems = bandwidthProblems(limits);
  if (problems.length > 0) throw badFields(problems);
}

function visible(policy: QosPolicy | null, id: string, projectId: string | undefined): QosPolicy {
  if (policy && (projectId === undefined || policy.projectId === projectId)) return policy;
  throw notThere('qos_policy', id);
}
