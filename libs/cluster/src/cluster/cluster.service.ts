import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Page } from '@ultron/platform/paging/page';
import { LaneRepository } from '@ultron/sync/lane/lane.repository';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { CapacityRepository } from '../capacity/capacity.repository.js';
import { ConductorGroupRepository } from '../conductor-group/conductor-group.repository.js';
import { CredentialCipher } from '../credential/credential-cipher.js';
import { IdcRepository } from '../idc/idc.repository.js';
import { InventoryRepository } from '../inventory/inventory.repository.js';
import type { Named, NamedRepository } from '../named/named.repository.js';
import { RefreshRepository } from '../refresh/refresh.repository.js';
import { probeTask, type TaskOrigin } from './cluster-probe.task.js';
import { ClusterUse } from './cluster-use.js';
import {
  type ClusterColumns,
  type ClusterFilter,
  ClusterRepository,
  type ClusterSort,
} from './cluster.repository.js';
import { type ClusterState, mayBecome, nextClusterStates } from './cluster.state.js';
import { recordCluster } from './cluster.trail.js';
import type { ClusterChanges, ClusterDetail, ClusterSummary, NewCluster } from './cluster.types.js';

/** A cluster and, when it has to be looked at (again), the task that does it. Ring the task after the commit. */
export interface ClusterAndTask {
  cluster: ClusterSummary;
  task: NewTask | null;
}

/** Throws when the caller expected another version of the cluster than there is. */
export type VersionGuard = (version: number) => void;

/** The registry of clusters; every method that takes a transaction is one use case in it. */
@Injectable()
export class ClusterService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ClusterRepository) private readonly clusters: ClusterRepository,
    @Inject(IdcRepository) private readonly idcs: IdcRepository,
    @Inject(ConductorGroupRepository) private readonly groups: ConductorGroupRepository,
    @Inject(CapacityRepository) private readonly capacities: CapacityRepository,
    @Inject(InventoryRepository) private readonly inventories: InventoryRepository,
    @Inject(RefreshRepository) private readonly refreshes: RefreshRepository,
    @Inject(CredentialCipher) private readonly cipher: CredentialCipher,
    @Inject(TaskService) private readonly tasks: Pick<TaskService, 'createMany' | 'moveToGroup'>,
    @Inject(ClusterUse) private readonly use: ClusterUse,
    @Inject(LaneRepository) private readonly lanes: Pick<LaneRepository, 'moveToGroup'>,
  ) {}

  /** Writes the cluster, not yet probed, and the task that probes it. */
  async register(tx: Transaction, asked: NewCluster, origin: TaskOrigin): Promise<ClusterAndTask> {
    const { idc, group } = await this.resolve(tx, asked.idc, asked.conductorGroup);
    const id = newId();
    await this.clusters.insert(tx, id, {
      name: asked.name,
      idc_id: idc.id,
      conductor_group_id: group.id,
      auth_url: asked.authUrl,
      region: asked.region ?? null,
      interface: asked.interface ?? 'public',
      credential: this.cipher.seal(id, asked.credential),
      state: asked.state ?? 'enabled',
      state_reason: null,
    });
    await this.capacities.createEmpty(tx, id);
    await this.refreshes.create(tx, id);
    await this.inventories.declare(tx, id, asked.capabilities ?? []);
    const cluster = await this.existing(tx, id);
    await recordCluster(tx, null, cluster);
    return this.withProbe(tx, cluster, origin);
  }

  /**
   * Changes what an operator says of the cluster. A change of how it is reached starts a new probe; until that has
   * succeeded nothing new is placed there. The tasks of a cluster go with it to another conductor group.
   * @throws Fault `cluster_state` when the state cannot follow the present one.
   */
  async update(
    tx: Transaction,
    id: string,
    changes: ClusterChanges,
    guard: VersionGuard,
    origin: TaskOrigin,
  ): Promise<ClusterAndTask> {
    const { state } = await this.lock(tx, id, guard);
    const columns = await this.columnsOf(tx, id, state, changes);
    const before = await this.existing(tx, id);
    await this.clusters.update(tx, id, columns);
    const after = await this.existing(tx, id);
    const [from, to] = [before.conductorGroup, after.conductorGroup];
    if (to.id !== from.id) await this.moveToGroup(tx, id, from.name, to.name);
    await recordCluster(tx, before, after, changes);
    if (changes.capabilities) await this.inventories.declare(tx, id, changes.capabilities);
    const reconnects =
      'auth_url' in columns || 'region' in columns || 'interface' in columns || 'credential' in columns;
    if (!reconnects) return { cluster: await this.existing(tx, id), task: null };
    await this.clusters.expectProbe(tx, id, true);
    return this.withProbe(tx, await this.existing(tx, id), origin);
  }

  /** Looks at the cluster again; what is known of it stays in use meanwhile. */
  async probe(tx: Transaction, id: string, origin: TaskOrigin): Promise<ClusterAndTask> {
    const cluster = await this.existing(tx, id);
    if (cluster.probe.status === 'failed') await this.clusters.expectProbe(tx, id, false);
    return this.withProbe(tx, await this.existing(tx, id), origin);
  }

  /** @throws Fault `cluster_in_use` while servers are there or are being placed there. */
  async remove(id: string, guard: VersionGuard): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.lock(tx, id, guard);
      const before = await this.existing(tx, id);
      // Whoever places a server waits for this lock, and then finds no cluster.
      await this.capacities.lock(tx, [id]);
      const placed = (await this.capacities.sumOfReservations(tx, id)).servers;
      const servers = Math.max(placed, await this.use.countServers(tx, id));
      if (servers > 0) throw inUse(servers);
      const segments = await this.use.countSegments(tx, id);
      if (segments > 0) throw hasSegments(segments);
      await this.clusters.delete(tx, id);
      await recordCluster(tx, before, null);
    });
  }

  async get(id: string): Promise<ClusterDetail> {
    const cluster = await this.existing(this.database.read, id);
    const { read } = this.database;
    const inventory = await this.inventories.read(read, id);
    return { ...cluster, inventory, declaredCapabilities: await this.inventories.declared(read, id) };
  }

  async list(filter: ClusterFilter, page: Page<ClusterSort>): Promise<ClusterSummary[]> {
    return this.clusters.list(this.database.read, filter, page);
  }

  /** All that is open about the cluster goes with it, in the same transaction: nothing is lost, and nothing done twice. */
  private async moveToGroup(tx: Transaction, id: string, from: string, to: string): Promise<void> {
    // Whoever places a server here waits for this lock, and then knows the new group.
    await this.capacities.lock(tx, [id]);
    await this.tasks.moveToGroup(tx, id, { from, to });
    await this.lanes.moveToGroup(tx, id, to);
  }

  private async withProbe(
    tx: Transaction,
    cluster: ClusterSummary,
    origin: TaskOrigin,
  ): Promise<ClusterAndTask> {
    const task = probeTask(cluster, origin);
    await this.tasks.createMany(tx, [task]);
    return { cluster, task };
  }

  private async columnsOf(
    tx: Transaction,
    id: string,
    state: ClusterState,
    changes: ClusterChanges,
  ): Promise<Partial<ClusterColumns>> {
    if (changes.state !== undefined) checkState(state, changes.state);
    const { idc, group } = await this.resolve(tx, changes.idc, changes.conductorGroup);
    const columns: { [Column in keyof ClusterColumns]: ClusterColumns[Column] | undefined } = {
      name: changes.name,
      idc_id: idc?.id,
      conductor_group_id: group?.id,
      auth_url: changes.authUrl,
      region: changes.region,
      interface: changes.interface,
      credential: changes.credential && this.cipher.seal(id, changes.credential),
      state: changes.state,
      // A reason belongs to the state it was given with.
      state_reason:
        changes.stateReason ?? (changes.state !== undefined && changes.state !== state ? null : undefined),
    };
    if (changes.stateReason === null) columns.state_reason = null;
    return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
  }

  private async resolve<IdcName extends string | undefined, GroupName extends string | undefined>(
    tx: Transaction,
    idc: IdcName,
    group: GroupName,
  ): Promise<{ idc: Found<IdcName>; group: Found<GroupName> }> {
    const foundIdc = await this.find(tx, this.idcs, idc);
    const foundGroup = await this.find(tx, this.groups, group);
    const fields = [
      ...(foundIdc === null ? [{ pointer: '/idc', detail: `There is no IDC ${idc}.` }] : []),
      ...(foundGroup === null
        ? [{ pointer: '/conductor_group', detail: `There is no conductor group ${group}.` }]
        : []),
    ];
    if (fields.length) throw unknownPlace(fields);
    return { idc: foundIdc as Found<IdcName>, group: foundGroup as Found<GroupName> };
  }

  private async find(
    tx: Transaction,
    rows: NamedRepository,
    nameOrId: string | undefined,
  ): Promise<Named | null | undefined> {
    return nameOrId === undefined ? undefined : rows.find(tx, nameOrId);
  }

  private async lock(tx: Transaction, id: string, guard: VersionGuard): Promise<{ state: ClusterState }> {
    const row = await this.clusters.lock(tx, id);
    if (!row) throw notFound(id);
    guard(row.version);
    return row;
  }

  private async existing(tx: Transaction, id: string): Promise<ClusterSummary> {
    const cluster = await this.clusters.find(tx, id);
    if (!cluster) throw notFound(id);
    return cluster;
  }
}

type Found<Name> = Name extends string ? Named : Named | undefined;

function checkState(from: ClusterState, to: ClusterState): void {
  if (mayBecome(from, to)) return;
  throw new Fault({
    code: 'cluster_state',
    category: 'conflict',
    detail: `A cluster that is ${from} cannot become ${to}; it can become ${nextClusterStates(from).join(', ')}.`,
    fields: [{ pointer: '/state', detail: `cannot follow ${from}` }],
  });
}

const unknownPlace = (fields: { pointer: string; detail: string }[]) =>
  new Fault({
    code: 'unknown_reference',
    category: 'invalid',
    detail: 'An IDC or a conductor group of this name does not exist: create it first.',
    fields,
  });

const inUse = (servers: number) =>
  new Fault({
    code: 'cluster_in_use',
    category: 'conflict',
    detail: `There are still ${servers} server(s) in the cluster: delete them first.`,
  });

const hasSegments = (segments: number) =>
  new Fault({
    code: 'cluster_in_use',
    category: 'conflict',
    detail: `There are still ${segments} segment(s) of VPCs in the cluster: set it to draining, they are then taken back.`,
  });

const notFound = (id: string) =>
  new Fault({ code: 'cluster_not_found', category: 'not_found', detail: `There is no cluster ${id}.` });
