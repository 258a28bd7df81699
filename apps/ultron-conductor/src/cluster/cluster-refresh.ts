import type { ClusterReprobes } from '@ultron/cluster/cluster/cluster-reprobe.service';
import type { DueRefresh, RefreshRepository } from '@ultron/cluster/refresh/refresh.repository';
import { systemClock } from '@ultron/kernel/clock';
import { Fault } from '@ultron/kernel/fault';
import type { Cloud } from '@ultron/openstack/cloud';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import type { CallOptions } from '@ultron/openstack/call';
import { newContext, runInContext } from '@ultron/platform/context/request-context';
import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import { offlineOptions } from '../openstack/call-options.js';
import { readCapacity, readInventory } from './cluster-stock.js';
import { writeFlavors, writeInventory } from './cluster-stock.writer.js';
import type { ClusterDeps } from './cluster.deps.js';

export interface ClusterRefreshDeps extends Omit<ClusterDeps, 'observer'> {
  database: Database;
  refreshes: RefreshRepository;
  reprobes: ClusterReprobes;
  clouds: { get(clusterId: string): Promise<Cloud> };
  log: Log;
}

export interface ClusterRefreshOptions {
  conductorGroup: string;
  /** Milliseconds between two readings of the capacity of a cluster. */
  capacityMs?: number;
  /** Milliseconds between two readings of all else. */
  inventoryMs?: number;
  /** Milliseconds after which a cluster that did not answer its probe is probed again. */
  reprobeMs?: number;
  /** Milliseconds between two looks at what is due. */
  tickMs?: number;
  /** Clusters that this process reads at once. */
  atOnce?: number;
}

const DEFAULTS = { capacityMs: 15_000, inventoryMs: 900_000, reprobeMs: 60_000, tickMs: 1_000, atOnce: 8 };

const HAND_BACK_MS = 1_000;

/**
 * Keeps what is known of the clusters of a group fresh. Every conductor of the group runs it: a row in the database
 * says which cluster is due, and who moves its time on reads it. A failure counts as an outage of the cluster.
 */
export class ClusterRefresh {
  private readonly options: Required<ClusterRefreshOptions>;
  private readonly running = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private ticking: Promise<void> = Promise.resolve();

  constructor(
    private readonly deps: ClusterRefreshDeps,
    options: ClusterRefreshOptions,
  ) {
    this.options = { ...DEFAULTS, ...options };
  }

  start(): void {
    this.schedule();
  }

  /** Ends what is under way; what does not heed that within a second is left to itself, and writes nothing. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    const ended = this.ticking.then(() => this.settled());
    await Promise.race([ended, systemClock.sleep(HAND_BACK_MS)]);
  }

  /** Begins the refresh of what is due, as far as there are free hands. */
  async tick(): Promise<void> {
    const { database, refreshes, reprobes } = this.deps;
    const { conductorGroup, reprobeMs, atOnce, capacityMs, inventoryMs } = this.options;
    await reprobes.begin(conductorGroup, jitter(reprobeMs), ownOrigin());
    const due = await refreshes.due(database.read, conductorGroup, atOnce - this.running.size);
    for (const one of due) {
      if (this.running.has(one.clusterId)) continue;
      const after = { capacityMs: jitter(capacityMs), inventoryMs: jitter(inventoryMs) };
      if (!(await refreshes.claim(database.read, one, after))) continue;
      this.begin(one);
    }
  }

  /** Until all that was begun has ended; for tests. */
  async settled(): Promise<void> {
    await Promise.all(this.running.values());
  }

  private schedule(): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.ticking = this.tick()
        .catch((error: unknown) => this.deps.log.error('the refresh of clusters failed', { error }))
        .finally(() => this.schedule());
    }, jitter(this.options.tickMs));
  }

  private begin(due: DueRefresh): void {
    const context = newContext({ actor: 'cluster-refresh' });
    const work = runInContext(context, () => this.refresh(due)).finally(() =>
      this.running.delete(due.clusterId),
    );
    this.running.set(due.clusterId, work);
  }

  private async refresh(due: DueRefresh): Promise<void> {
    const { signal } = this.stopping;
    try {
      const call = offlineOptions(signal);
      const cloud = await this.deps.clouds.get(due.clusterId);
      await this.refreshCapacity(due.clusterId, cloud, call);
      if (due.withInventory) await this.refreshInventory(due.clusterId, cloud, call);
    } catch (error) {
      if (due.withInventory) await this.handBackInventory(due.clusterId);
      if (!signal.aborted) await this.recordFailure(due.clusterId, error);
    }
  }

  private async refreshCapacity(clusterId: string, cloud: Cloud, call: CallOptions): Promise<void> {
    const { database, observations, ratios } = this.deps;
    const startedAt = await observations.now();
    const room = await readCapacity(clusterId, cloud, ratios, call);
    this.stopping.signal.throwIfAborted();
    await database.transaction(async (tx) => {
      await observations.recordCapacity(tx, clusterId, room.capacity, startedAt);
      await writeFlavors(tx, this.deps, clusterId, room);
    });
  }

  private async refreshInventory(clusterId: string, cloud: Cloud, call: CallOptions): Promise<void> {
    const { database, observations } = this.deps;
    const connection = await observations.connection(clusterId);
    const stock = await readInventory(connection, cloud, call);
    this.stopping.signal.throwIfAborted();
    await database.transaction(async (tx) => {
      await observations.recordInventory(tx, clusterId, stock);
      await writeInventory(tx, this.deps, clusterId, stock);
    });
  }

  private async handBackInventory(clusterId: string): Promise<void> {
    const { database, refreshes, log } = this.deps;
    await refreshes
      .handBackInventory(database.read, clusterId)
      .catch((error: unknown) => log.error('an inventory could not be made due again', { error }));
  }

  private async recordFailure(clusterId: string, error: unknown): Promise<void> {
    const { observations, log } = this.deps;
    log.warn('a cluster could not be refreshed', { cluster_id: clusterId, reason: String(error) });
    const outage = outageOf(error);
    if (outage === null) return;
    await observations
      .recordOutage(clusterId, outage)
      .catch((failure: unknown) => log.error('an outage could not be recorded', { error: failure }));
  }
}

/** What keeps us from the cluster; null for what says nothing about it, such as an outage of the database. */
function outageOf(error: unknown): string | null {
  if (error instanceof Fault && error.code === 'credential_unreadable') return error.message;
  // Being asked to wait is an answer.
  if (!(error instanceof OpenStackError) || error.kind === 'throttle') return null;
  return `${error.service}: ${error.message}`;
}

/** Within a tenth more or less, so that clusters and conductors do not fall into step. */
const jitter = (ms: number): number => ms * (0.9 + Math.random() * 0.2);

function ownOrigin() {
  const { traceId, traceparent } = newContext({ actor: 'cluster-refresh' });
  return { traceId, traceparent, projectId: null };
}
