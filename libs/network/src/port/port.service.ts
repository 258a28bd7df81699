import { Inject, Injectable } from '@nestjs/common';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import type { ClusterFacts } from '@ultron/cluster/scheduler/placement';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask, TaskRef } from '@ultron/tasks/task/task.types';
import { FloatingIpRepository } from '../floating-ip/floating-ip.repository.js';
import { requireCapabilities } from '../lifecycle/cluster-choice.rules.js';
import { clusterOpenToChanges } from '../lifecycle/cluster-part.faults.js';
import { CHANGING, type LifecycleStatus } from '../lifecycle/lifecycle.state.js';
import { badFields, inUse, notThere, stateConflict } from '../lifecycle/network.faults.js';
import {
  NETWORK_TASK,
  networkTask,
  type NetworkOrigin,
  type PortCreateInput,
  type PortDeleteInput,
  type PortUpdateInput,
} from '../lifecycle/network-task.js';
import { given } from '../lifecycle/patch.js';
import { QosPolicyService } from '../qos-policy/qos-policy.service.js';
import type { Port } from './port.entity.js';
import { PortPlacement, type PlaceWish } from './port-placement.js';
import { PortRepository, type PortFilter, type PortIntent, type PortSort } from './port.repository.js';
import { needsOf, portProblems } from './port.rules.js';

export interface PortWish extends PlaceWish, PortIntent {}

export interface PortChange {
  port: Port;
  task: NewTask | null;
  /** Tasks to be rung after the commit. */
  ring: TaskRef[];
}

const CHANGEABLE: readonly LifecycleStatus[] = ['active'];

@Injectable()
export class PortService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(PortRepository) private readonly ports: PortRepository,
    @Inject(PortPlacement) private readonly placement: PortPlacement,
    @Inject(QosPolicyService) private readonly policies: QosPolicyService,
    @Inject(FloatingIpRepository) private readonly floatingIps: FloatingIpRepository,
    @Inject(SecurityGroupRepository) private readonly groups: SecurityGroupRepository,
    @Inject(FactsRepository) private readonly facts: FactsRepository,
    @Inject(TaskService) private readonly tasks: TaskService,
  ) {}

  /**
   * Reserves an address for a port and writes the task that makes it.
   * @throws Fault `invalid_body`, `network_no_cluster_fits`, `network_capability_missing`, `fixed_address_outside`,
   * `fixed_address_taken`, `cluster_addresses_exhausted`.
   */
  async create(tx: Transaction, wish: PortWish, origin: NetworkOrigin): Promise<PortChange> {
    const problems = portProblems(wish);
    if (problems.length > 0) throw badFields(problems);
    const clusters = await this.facts.load(tx);
    const placed = await this.placement.place(tx, wish, clusters, needsOf(wish), origin);
    const { cluster, ring, ...place } = placed;
    await this.requireGroups(tx, cluster, wish);
    const policy = await this.policyFor(tx, wish, cluster, wish.projectId, origin);
    const id = newId();
    const { name, description, adminStateUp, portSecurityEnabled, allowedAddressPairs } = wish;
    const { securityGroups, qosPolicyId, projectId } = wish;
    const input: PortCreateInput = { port_id: id, cluster_id: cluster.id, qos_task_id: policy.taskId };
    const task = taskFor(NETWORK_TASK.createPort, { id, projectId }, cluster, input, origin);
    await this.ports.insert(tx, {
      id,
      projectId,
      name,
      description,
      clusterId: cluster.id,
      ...place,
      adminStateUp,
      portSecurityEnabled,
      allowedAddressPairs,
      securityGroups,
      qosPolicyId,
      taskId: task.id,
    });
    await this.tasks.createMany(tx, [task]);
    return { port: await this.present(tx, id), task, ring: [...ring, ...policy.ring, task] };
  }

  /** @throws Fault `port_not_found`. */
  async get(id: string, projectId: string | undefined): Promise<Port> {
    return visible(await this.ports.find(this.database.read, id), id, projectId);
  }

  /** One more than the page asks for, when there is one. */
  async list(filter: PortFilter, page: Page<PortSort>): Promise<Port[]> {
    return this.ports.list(this.database.read, filter, page);
  }

  /**
   * Changes a port: at once in Ultron, by a task in its cluster. What the cluster refuses is taken back.
   * @throws Fault `port_not_found`, `port_state_conflict`, `invalid_body`, `network_capability_missing`.
   */
  async update(
    tx: Transaction,
    id: string,
    patch: Partial<PortIntent>,
    origin: NetworkOrigin,
    check: (version: number) => void,
  ): Promise<PortChange> {
    const port = visible(await this.ports.lock(tx, id), id, origin.projectId);
    check(port.version);
    if (!CHANGEABLE.includes(port.status)) throw stateConflict('port', port.status, 'changed', CHANGEABLE);
    const before = intentOf(port);
    const intent = { ...before, ...given(patch) };
    const problems = portProblems(intent);
    if (problems.length > 0) throw badFields(problems);
    const cluster = clusterOpenToChanges(await this.facts.load(tx), port.clusterId);
    requireCapabilities(cluster, needsOf(patch));
    await this.requireGroups(tx, cluster, intent);
    const policy = await this.policyFor(tx, patch, cluster, port.projectId, origin);
    const input: PortUpdateInput = {
      port_id: id,
      cluster_id: cluster.id,
      qos_task_id: policy.taskId,
      before,
    };
    const task = taskFor(NETWORK_TASK.updatePort, port, cluster, input, origin);
    await this.tasks.createMany(tx, [task]);
    await this.ports.setIntent(tx, id, intent);
    await this.ports.handTo(tx, id, task.id, 'updating');
    return { port: await this.present(tx, id), task, ring: [...policy.ring, task] };
  }

  /**
   * Deletes a port, whatever happens to it now. One that is being deleted, or is gone, answers without a task.
   * @throws Fault `port_not_found`, `port_in_use`.
   */
  async delete(
    tx: Transaction,
    id: string,
    origin: NetworkOrigin,
    check: (version: number) => void,
  ): Promise<PortChange> {
    const port = visible(await this.ports.lock(tx, id), id, origin.projectId);
    if (port.status === 'deleting' || port.status === 'deleted') return { port, task: null, ring: [] };
    check(port.version);
    await this.requireUnused(tx, port);
    const cluster = clusterOpenToChanges(await this.facts.load(tx), port.clusterId);
    const busy = CHANGING.has(port.status) || port.status === 'error';
    const predecessor = busy ? port.taskId : null;
    const cancelled = predecessor ? await this.tasks.requestCancel(tx, predecessor) : [];
    const input: PortDeleteInput = { port_id: id, cluster_id: cluster.id, predecessor };
    const task = taskFor(NETWORK_TASK.deletePort, port, cluster, input, origin);
    await this.tasks.createMany(tx, [task]);
    await this.ports.handTo(tx, id, task.id, 'deleting');
    return { port: await this.present(tx, id), task, ring: [...cancelled, task] };
  }

  private async requireUnused(tx: Transaction, port: Port): Promise<void> {
    if (port.serverId !== null) {
      throw inUse('port', { servers: [port.serverId] }, 'It goes with its server: delete that.');
    }
    const ips = await this.floatingIps.listUsing(tx, { portId: port.id }, 100);
    if (ips.length === 0) return;
    throw inUse('port', { floating_ips: ips.map(({ id }) => id) }, 'Lead them elsewhere, or nowhere, first.');
  }

  private async policyFor(
    tx: Transaction,
    { qosPolicyId }: Partial<PortIntent>,
    cluster: ClusterFacts,
    projectId: string | null,
    origin: NetworkOrigin,
  ): Promise<{ taskId: string | null; ring: NewTask[] }> {
    if (qosPolicyId == null) return { taskId: null, ring: [] };
    const pointer = '/qos_policy_id';
    return this.policies.useIn(tx, { policyId: qosPolicyId, cluster, pointer, origin, projectId });
  }

  /** Every group is there, and is one. */
  private async requireGroups(
    tx: Transaction,
    cluster: ClusterFacts,
    { securityGroups }: Pick<PortIntent, 'securityGroups'>,
  ): Promise<void> {
    const names = securityGroups ?? [];
    const found = await this.groups.listNamed(tx, cluster.id, names);
    const problems = names.flatMap((name, i) => {
      const count = found.filter((group) => group.name === name).length;
      if (count === 1) return [];
      const detail = `${cluster.name} has ${count === 0 ? 'no' : 'several'} security groups named '${name}'`;
      return [{ pointer: `/security_groups/${i}`, detail }];
    });
    if (problems.length > 0) throw badFields(problems);
  }

  private async present(tx: Transaction, id: string): Promise<Port> {
    return visible(await this.ports.find(tx, id), id, undefined);
  }
}

export function intentOf(port: Port): PortIntent {
  const { name, description, adminStateUp, portSecurityEnabled, allowedAddressPairs } = port;
  const { securityGroups, qosPolicyId } = port;
  return {
    name,
    description,
    adminStateUp,
    portSecurityEnabled,
    allowedAddressPairs,
    securityGroups,
    qosPolicyId,
  };
}

function taskFor(
  kind: string,
  port: Pick<Port, 'id' | 'projectId'>,
  { conductorGroup }: ClusterFacts,
  input: unknown,
  origin: NetworkOrigin,
): NewTask {
  const resource = { kind: 'port', id: port.id };
  return networkTask(kind, { conductorGroup, projectId: port.projectId, resource, input, origin });
}

function visible(port: Port | null, id: string, projectId: string | undefined): Port {
  if (port && (projectId === undefined || port.projectId === projectId)) return port;
  throw notThere('port', id);
}
