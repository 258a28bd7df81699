import { Inject, Injectable } from '@nestjs/common';
import { takesNewServers } from '@ultron/cluster/cluster/cluster.state';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import type { ClusterFacts } from '@ultron/cluster/scheduler/placement';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { COMPUTE_DOMAIN } from '../server/server-task.js';
import type { ClusterFlavor } from './cluster-flavor.entity.js';
import { FLAVOR_TASK, type FlavorCreateInput } from './flavor-task.js';
import type { Flavor } from './flavor.entity.js';
import { FlavorRepository } from './flavor.repository.js';
import type { FlavorSize } from './flavor.rules.js';

export interface MappedFlavor extends Flavor {
  /** The flavor of each cluster that serves it. */
  clusters: ClusterFlavor[];
}

export interface CreatedFlavor {
  flavor: MappedFlavor;
  task: NewTask;
  ring: NewTask[];
}

@Injectable()
export class FlavorService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(FlavorRepository) private readonly flavors: FlavorRepository,
    @Inject(FactsRepository) private readonly clusters: FactsRepository,
    @Inject(TaskService) private readonly tasks: TaskService,
  ) {}

  async list(): Promise<MappedFlavor[]> {
    const [flavors, rows] = await Promise.all([
      this.flavors.list(this.database.read),
      this.flavors.listClusterFlavors(this.database.read),
    ]);
    const byFlavor = Map.groupBy(rows, (row) => row.flavorId);
    return flavors.map((flavor) => ({ ...flavor, clusters: byFlavor.get(flavor.id) ?? [] }));
  }

  /** What clusters show and no name may be used for, with the reason. */
  async listUnmapped(): Promise<ClusterFlavor[]> {
    const rows = await this.flavors.listClusterFlavors(this.database.read);
    return rows.filter((row) => row.flavorId === null);
  }

  /** @throws Fault `flavor_not_found`. */
  async get(nameOrId: string): Promise<MappedFlavor> {
    const flavor = await this.flavors.find(this.database.read, nameOrId);
    if (!flavor) {
      throw new Fault({
        code: 'flavor_not_found',
        category: 'not_found',
        detail: `There is no flavor ${nameOrId}.`,
      });
    }
    return { ...flavor, clusters: await this.flavors.listClusterFlavors(this.database.read, flavor.id) };
  }

  /**
   * Makes a flavor in every cluster that takes new servers: one task each under a common parent.
   * @throws Fault `flavor_name_taken`, `no_cluster_enabled`.
   */
  async create(
    tx: Transaction,
    wanted: FlavorSize & { name: string },
    trace: { traceId: string; traceparent: string },
  ): Promise<CreatedFlavor> {
    if (await this.flavors.find(tx, wanted.name)) throw taken(wanted.name);
    const clusters = (await this.clusters.load(tx)).filter((cluster) => takesNewServers(cluster.state));
    const [first] = clusters;
    if (!first) throw noCluster();
    const { name, vcpus, ramMb, diskGb } = wanted;
    const flavor: Flavor = { id: newId(), name, vcpus, ramMb, diskGb, createdAt: new Date() };
    await this.flavors.insert(tx, flavor);
    const parent = parentOf(flavor, first.conductorGroup, clusters.length, trace);
    const tasks = [parent, ...clusters.map((cluster) => childOf(flavor, cluster, parent))];
    await this.tasks.createMany(tx, tasks);
    return { flavor: { ...flavor, clusters: [] }, task: parent, ring: tasks };
  }
}

function parentOf(
  flavor: Flavor,
  conductorGroup: string,
  childCount: number,
  trace: { traceId: string; traceparent: string },
): NewTask {
  return {
    id: newId(),
    kind: FLAVOR_TASK.createMany,
    domain: COMPUTE_DOMAIN,
    conductorGroup,
    projectId: null,
    resource: { kind: 'flavor', id: flavor.id },
    input: { flavor_id: flavor.id },
    ...trace,
    childCount,
  };
}

function childOf(flavor: Flavor, cluster: ClusterFacts, parent: NewTask): NewTask {
  const input: FlavorCreateInput = { flavor_id: flavor.id, cluster_id: cluster.id };
  const { childCount: _, ...shared } = parent;
  return {
    ...shared,
    id: newId(),
    kind: FLAVOR_TASK.create,
    conductorGroup: cluster.conductorGroup,
    parentId: parent.id,
    input,
  };
}

const taken = (name: string) =>
  new Fault({
    code: 'flavor_name_taken',
    category: 'conflict',
    detail: `There is a flavor '${name}' already; choose another name.`,
    fields: [{ pointer: '/name', detail: 'is taken' }],
  });

const noCluster = () =>
  new Fault({
    code: 'no_cluster_enabled',
    category: 'conflict',
    detail: 'No cluster takes new servers at present, so the flavor could be made nowhere.',
    whoCanFix: 'operator',
  });
