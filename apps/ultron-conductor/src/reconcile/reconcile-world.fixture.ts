import { expect } from '@jest/globals';
import { InventoryRepository } from '@ultron/cluster/inventory/inventory.repository';
import { NETWORK_CAPABILITIES } from '@ultron/cluster/inventory/network-capability';
import { PortNetworkFixture } from '@ultron/network/testing/port-network.fixture';
import type { Cloud } from '@ultron/openstack/cloud';
import type { ClusterOptions } from '@ultron/openstack-sim/cluster/cluster.settings';
import { newContext, runInContext } from '@ultron/platform/context/request-context';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Adoptable } from '@ultron/reconcile/adoption/adoptable';
import type { Adoption } from '@ultron/reconcile/adoption/adoption.entity';
import type { Finding } from '@ultron/reconcile/finding/finding.entity';
import type { FindingFilter } from '@ultron/reconcile/finding/finding.list';
import type { NewTask, TaskRef } from '@ultron/tasks/task/task.types';
import { eventually } from '@ultron/testing/world/eventually';
import { SAGAS } from '../catalog.js';
import { openComputeWorld, type ComputeWorld } from '../compute/compute-world.fixture.js';
import { builtVpc, type BuiltVpc } from '../compute/server-vpc.fixture.js';
import { classify } from '../openstack/openstack-fault.translate.js';
import { SyncWorld } from '../sync/sync-world.fixture.js';
import { reconcileServices } from './reconcile.fixture.js';

/** What is younger is left alone. */
export const GRACE_MS = 200;

const VERSION = /^\/v2(\.\d)?/;

/** Where a subnet of a VPC is in the cluster. */
export interface RealisedVpc extends BuiltVpc {
  networkId: string;
  openstackSubnetId: string;
}

/** One simulated cluster with a VPC that is built, conductors, a sync engine, and rounds that tests begin. */
export class ReconcileWorld {
  private constructor(
    readonly world: ComputeWorld,
    readonly clusterId: string,
    readonly cloud: Cloud,
    readonly sync: SyncWorld,
    readonly vpc: RealisedVpc,
    readonly net: PortNetworkFixture,
    readonly parts: ReturnType<typeof reconcileServices>,
  ) {}

  static async open(cluster: ClusterOptions): Promise<ReconcileWorld> {
    const world = await openComputeWorld([cluster]);
    try {
      return await ReconcileWorld.fill(world);
    } catch (error) {
      // What is left open would keep the process of the tests from ending.
      await world.close();
      throw error;
    }
  }

  private static async fill(world: ComputeWorld): Promise<ReconcileWorld> {
    const { database, tasks } = world;
    const [clusterId = ''] = world.clusterIds.values();
    await world.prober?.stop();
    await database.transaction((tx) =>
      new InventoryRepository().declare(tx, clusterId, Object.keys(NETWORK_CAPABILITIES)),
    );
    const vpc = await builtVpc(world);
    const [row] = await database.read.query<{ net: string; sub: string }[]>(
      'SELECT openstack_network_id AS net, openstack_id AS sub FROM cluster_subnet WHERE vpc_id = ?',
      [vpc.vpcId],
    );
    await world.conduct();
    const deps = world.conductorDeps();
    await world.startEngine({ sagas: SAGAS, deps, classify, domains: ['network', 'cluster'] });
    const cloud = await deps.clouds.get(clusterId);
    const sync = await SyncWorld.start(world, deps.clouds);
    await sync.fullPass(clusterId);
    const parts = reconcileServices(database, tasks);
    await parts.roundRows.ensure(database.read);
    const place = { ...vpc, networkId: row?.net ?? '', openstackSubnetId: row?.sub ?? '' };
    return new ReconcileWorld(
      world,
      clusterId,
      cloud,
      sync,
      place,
      new PortNetworkFixture(database, tasks),
      parts,
    );
  }

  close(): Promise<void> {
    return this.world.close();
  }

  decider() {
    return { ...newContext(), actor: 'token test' };
  }

  origin() {
    return this.world.origin();
  }

  /** Reads the cluster in full, and compares it once. */
  async round(): Promise<void> {
    await this.sync.fullPass(this.clusterId);
    await this.compare();
  }

  /** Compares the cluster once by what is known of it. */
  async compare(): Promise<void> {
    const { signal } = new AbortController();
    const context = newContext({ actor: 'reconciler' });
    await runInContext(context, () =>
      this.parts.rounds.run(this.clusterId, { graceMs: GRACE_MS }, context, signal),
    );
  }

  findings(filter: FindingFilter = {}): Promise<Finding[]> {
    const { clusterId } = this;
    const page = { limit: 1000, sort: 'id', order: 'asc' } as const;
    return this.parts.lists.list(this.world.database.read, { clusterId, ...filter }, page);
  }

  /** After rounds enough for it to be beyond grace, and to be as wanted. */
  async found(filter: FindingFilter, good: (finding: Finding) => boolean = () => true): Promise<Finding> {
    const all = await eventually(
      async () => {
        await this.round();
        return (await this.findings(filter)).filter(good);
      },
      (some) => some.length > 0,
      60_000,
    );
    const [first] = all;
    if (!first) throw new Error('nothing was found');
    return first;
  }

  /** Once it is over without a repair having been asked for by hand. */
  resolved(filter: FindingFilter): Promise<Finding> {
    return this.found(filter, ({ state }) => state === 'resolved');
  }

  /** Has it repaired, just as the dry run says, and looks a few times more whether it stays so. */
  async repaired(finding: Finding): Promise<Finding> {
    const { control } = this.world.simulator;
    const { calls } = await this.parts.service.repairPlan(finding.id);
    control.clearRequests();
    const { task } = await this.world.database.transaction((tx) =>
      this.parts.service.repair(tx, finding.id, this.decider()),
    );
    this.world.tasks.ring([task]);
    await this.succeeded(task.id);
    const done = control.requests({ writes: true }).filter(({ service }) => service !== 'identity');
    const told = calls.map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(done.map(({ method, url }) => `${method} ${url.replace(VERSION, '')}`))]).toEqual(
      told,
    );
    for (let i = 0; i < 2; i++) await this.round();
    return this.parts.service.get(finding.id, undefined);
  }

  async adopt(kind: Adoptable, openstackId: string, mark = false): Promise<Adoption> {
    const { adoption, task } = await this.world.database.transaction((tx) =>
      this.parts.adoptions.adopt(tx, this.adoptWish(kind, openstackId, mark), this.decider()),
    );
    this.world.tasks.ring([task]);
    await this.succeeded(task.id);
    return this.parts.adoptions.get(adoption.id, undefined);
  }

  async release(adoption: Adoption): Promise<void> {
    const { task } = await this.world.database.transaction((tx) =>
      this.parts.adoptions.release(tx, adoption.id, this.decider()),
    );
    this.world.tasks.ring([task]);
    await this.succeeded(task.id);
  }

  adoptWish(kind: Adoptable, openstackId: string, mark = false) {
    const { projectId } = this.world;
    return { cluster: this.clusterId, kind, openstackId, projectId, mark };
  }

  /** Does a wish as the API does, and waits until it is done. */
  async done<T extends { task: NewTask | null; ring: TaskRef[] }>(
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    const result = await this.world.database.transaction(work);
    this.world.tasks.ring(result.ring);
    if (result.task) await this.succeeded(result.task.id);
    return result;
  }

  async succeeded(taskId: string): Promise<void> {
    const { status, error } = await this.world.ended(taskId, 60_000);
    if (status !== 'succeeded') throw new Error(`task ${taskId} ${status}: ${JSON.stringify(error)}`);
  }

  /** What the plan says of an address: its state, or what it was taken out for; undefined when it is free. */
  async planned(address: string): Promise<string | undefined> {
    const rows = await this.world.database.read.query<{ purpose: string | null; state: string }[]>(
      'SELECT purpose, state FROM address WHERE address = INET6_ATON(?)',
      [address],
    );
    const [row] = rows;
    return row?.state === 'infra' ? (row.purpose ?? 'own') : row?.state;
  }

  /** A server that runs, made by somebody who did not ask Ultron. */
  async foreignServer(
    name: string,
    metadata: Record<string, string> = {},
    at?: { port: string },
  ): Promise<string> {
    const { compute, image, network } = this.cloud;
    const [own] = await network.networks.list({ name: 'private' }).all();
    const [flavor] = await compute.flavors.list().all();
    const [cirros] = await image.images.list().all();
    const server = await compute.servers.create({
      name,
      flavorRef: flavor?.id ?? '',
      imageRef: cirros?.id ?? '',
      networks: [at ?? { uuid: own?.id ?? '' }],
      metadata,
    });
    await eventually(
      () => compute.servers.find(server.id),
      (seen) => seen?.status === 'ACTIVE',
    );
    return server.id;
  }

  /** A port in the VPC that somebody made who did not ask Ultron. */
  async foreignPort(name: string): Promise<{ id: string; address: string }> {
    const port = await this.cloud.network.ports.create({
      network_id: this.vpc.networkId,
      name,
      fixed_ips: [{ subnet_id: this.vpc.openstackSubnetId }],
    });
    return { id: port.id, address: port.fixed_ips[0]?.ip_address ?? '' };
  }
}
