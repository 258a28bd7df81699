import { Inject, Injectable } from '@nestjs/common';
import { Fault, type FaultRecord } from '@ultron/kernel/fault';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { CapacityRepository, type ObservedCapacity } from '../capacity/capacity.repository.js';
import { CredentialCipher } from '../credential/credential-cipher.js';
import type { Inventory } from '../inventory/inventory.js';
import type { NetworkBackend } from '../inventory/network-capability.js';
import { InventoryRepository } from '../inventory/inventory.repository.js';
import { ClusterConnectionRepository } from './cluster-connection.repository.js';
import { ClusterRepository } from './cluster.repository.js';
import type { ClusterConnection } from './cluster.types.js';

export interface ObservedCluster {
  /** Null where the compute service is of a release this build has no name for. */
  release: string | null;
  /** Left out where nobody looked. */
  networkBackend?: NetworkBackend;
  inventory: Inventory;
  capacity: ObservedCapacity;
}

/** The conductors' side of the registry: how clusters are reached, and what was seen of them. */
@Injectable()
export class ClusterObservations {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ClusterRepository) private readonly clusters: ClusterRepository,
    @Inject(ClusterConnectionRepository) private readonly connections: ClusterConnectionRepository,
    @Inject(CapacityRepository) private readonly capacities: CapacityRepository,
    @Inject(InventoryRepository) private readonly inventories: InventoryRepository,
    @Inject(CredentialCipher) private readonly cipher: CredentialCipher,
  ) {}

  /**
   * How to reach the cluster, with its credential in the clear.
   * @throws Fault `cluster_not_found`, `credential_unreadable`.
   */
  async connection(clusterId: string): Promise<ClusterConnection> {
    const found = await this.connections.find(this.database.read, clusterId);
    if (!found) throw notFound(clusterId);
    const { sealed, ...connection } = found;
    return { ...connection, credential: this.cipher.open(clusterId, sealed) };
  }

  /** The database's clock; take it before an observation begins, see `recordProbe` and `recordCapacity`. */
  async now(): Promise<Date> {
    return this.connections.now(this.database.read);
  }

  /**
   * Writes what a probe found. Nothing is written when the connection was changed meanwhile: another probe is on
   * its way then. Returns whether it was written.
   */
  async recordProbe(
    tx: Transaction,
    clusterId: string,
    connectionVersion: number,
    found: ObservedCluster,
    startedAt: Date,
  ): Promise<boolean> {
    // The same order of locks as everywhere: the cluster's row, then its capacity.
    await this.clusters.lock(tx, clusterId);
    const { release } = found;
    if (!(await this.clusters.recordProbe(tx, clusterId, connectionVersion, { release }))) return false;
    await this.clusters.recordAnswer(tx, clusterId);
    await this.recordOffer(tx, clusterId, found);
    await this.capacities.applyObserved(tx, clusterId, found.capacity, startedAt);
    return true;
  }

  /** Writes why a probe failed; the cluster gets no new servers until one succeeds. */
  async recordProbeFault(
    tx: Transaction,
    clusterId: string,
    connectionVersion: number,
    fault: FaultRecord,
  ): Promise<void> {
    await this.clusters.recordProbe(tx, clusterId, connectionVersion, { fault });
  }

  /** Writes a fresh observation of the capacity, and that the cluster answers. */
  async recordCapacity(
    tx: Transaction,
    clusterId: string,
    seen: ObservedCapacity,
    startedAt: Date,
  ): Promise<void> {
    await this.clusters.recordAnswer(tx, clusterId);
    await this.capacities.applyObserved(tx, clusterId, seen, startedAt);
  }

  /** Writes what the cluster offers, as seen by a refresh. */
  async recordInventory(
    tx: Transaction,
    clusterId: string,
    seen: Omit<ObservedCluster, 'capacity'>,
  ): Promise<void> {
    if (!(await this.clusters.lock(tx, clusterId))) throw notFound(clusterId);
    await this.clusters.recordRelease(tx, clusterId, seen.release);
    await this.recordOffer(tx, clusterId, seen);
  }

  private async recordOffer(
    tx: Transaction,
    clusterId: string,
    seen: Omit<ObservedCluster, 'capacity'>,
  ): Promise<void> {
    if (seen.networkBackend) await this.clusters.recordNetworkBackend(tx, clusterId, seen.networkBackend);
    await this.inventories.apply(tx, clusterId, seen.inventory);
  }

  /** One more refresh in a row that got no answer; after some the scheduler passes the cluster over. */
  async recordOutage(clusterId: string, detail: string): Promise<void> {
    await this.clusters.recordOutage(this.database.read, clusterId, detail);
  }
}

const notFound = (id: string) =>
  new Fault({ code: 'cluster_not_found', category: 'not_found', detail: `There is no cluster ${id}.` });
