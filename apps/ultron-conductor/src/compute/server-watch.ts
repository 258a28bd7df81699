import type {
  ObservedServer,
  ServerObservationRepository,
} from '@ultron/compute/server/server-observation.repository';
import type { Database } from '@ultron/platform/database/database.service';
import type { LockService } from '@ultron/platform/lock/lock.service';
import type { Log } from '@ultron/platform/logging/logger';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import type { TaskWaits } from '@ultron/tasks/engine/task-waits';
import type { CloudPool } from '../openstack/cloud-pool.js';
import type { ServerWire } from '@ultron/openstack/compute/servers.wire';
import { isKnown } from '@ultron/openstack/compute/servers';
import type { ObservationWait } from '@ultron/tasks/task/task.types';
import { isMet } from './server-conditions.js';
import { OWNER_KEY } from './owner-mark.rules.js';

export interface WatcherParts {
  waits: Pick<TaskWaits, 'wanted' | 'list' | 'wake'>;
  clouds: Pick<CloudPool, 'get' | 'groupOf'>;
  observations: Pick<ServerObservationRepository, 'apply'>;
  database: Database;
  log: Log;
  locks: Pick<LockService, 'using'>;
  conductorGroup: string;
  times?: Partial<WatchTimes>;
}

/** In milliseconds. */
export interface WatchTimes {
  /** How often it is looked whether anybody waits in a cluster that is not watched. */
  look: number;
  /** The pause between two lists of a cluster in which something happens, and at most. */
  least: number;
  most: number;
}

/**
 * Nova compares `changes-since` with its own clock, and its services' clocks differ: the list begins so much earlier
 * than the oldest wait.
 */
const OVERLAP_MS = 60_000;
const seenBySync = new ObservedRepository();
/** Passes without anybody waiting before the cluster is left alone: the next step of a task may wait in a moment. */
const IDLE_PASSES = 3;

/** Watches one cluster for as long as anybody waits for a server of it. */
export class ServerWatch {
  private readonly abort = new AbortController();
  /** What was written of each server, so that a list that says the same again costs the database nothing. */
  private readonly written = new Map<string, string>();
  private running: Promise<void> = Promise.resolve();
  private pauseMs: number;

  constructor(
    private readonly clusterId: string,
    private readonly parts: WatcherParts,
    private readonly times: WatchTimes,
  ) {
    this.pauseMs = times.least;
  }

  /** Ends by itself when nobody waits any more, or with the signal: another process may watch then. Never rejects. */
  run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.abort.abort(), { once: true });
    this.running = this.passes();
    return this.running;
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.running;
  }

  private async passes(): Promise<void> {
    let idle = 0;
    while (!this.abort.signal.aborted && idle < IDLE_PASSES) {
      try {
        if (!(await this.isOurs())) return;
        const waits = await this.parts.waits.list(this.clusterId, 'server');
        idle = waits.length ? 0 : idle + 1;
        if (waits.length) this.adapt(await this.pass(waits));
      } catch (error) {
        this.pauseMs = this.times.most;
        if (!this.abort.signal.aborted) {
          this.parts.log.warn('a cluster could not be watched', {
            cluster_id: this.clusterId,
            reason: String(error),
          });
        }
      }
      await this.pause();
    }
  }

  /** A cluster may go to another conductor group, whose watch then waits for this one to end. */
  private async isOurs(): Promise<boolean> {
    return (await this.parts.clouds.groupOf(this.clusterId)) === this.parts.conductorGroup;
  }

  /** One list for all who wait. Returns how many could be woken. */
  private async pass(waits: readonly ObservationWait[]): Promise<number> {
    const seen = await this.list(waits);
    const waiting = new Set(waits.map((wait) => wait.key));
    await this.write([...seen.values()].filter((server) => waiting.has(server.openstackId) || server.ours));
    const met = waits.filter((wait) => {
      const server = seen.get(wait.key);
      return server !== undefined && isMet(wait.until, server);
    });
    return this.parts.waits.wake(met.map((wait) => wait.taskId));
  }

  private async list(
    waits: readonly ObservationWait[],
  ): Promise<Map<string, ObservedServer & { ours: boolean }>> {
    const cloud = await this.parts.clouds.get(this.clusterId);
    const changesSince = new Date(Math.min(...waits.map(beganAt)) - OVERLAP_MS);
    const seen = new Map<string, ObservedServer & { ours: boolean }>();
    const pages = cloud.compute.servers.listDetail(
      { changesSince },
      { signal: this.abort.signal, flow: 'watch' },
    );
    for await (const page of pages)
      for (const server of page) if (isKnown(server)) seen.set(server.id, observed(server));
    return seen;
  }

  private async write(servers: readonly ObservedServer[]): Promise<void> {
    const news = servers.filter((server) => this.written.get(server.openstackId) !== signature(server));
    this.forgetAllBut(servers);
    if (!news.length) return;
    const { database, observations } = this.parts;
    await database.transaction((tx) => observations.apply(tx, this.clusterId, news));
    const ids = news.map((server) => server.openstackId);
    // Not in the transaction above: a sync locks these rows and those of the servers in the other order.
    await seenBySync.seenElsewhere(database.read, { clusterId: this.clusterId, kind: 'server' }, ids);
    // Only now: if the mark failed, the next list writes them and tries it again.
    for (const server of news) this.written.set(server.openstackId, signature(server));
  }

  /** What is not listed any more has not changed for a while; should it, it is written anew. */
  private forgetAllBut(servers: readonly ObservedServer[]): void {
    const listed = new Set(servers.map((server) => server.openstackId));
    for (const id of this.written.keys()) if (!listed.has(id)) this.written.delete(id);
  }

  /** Faster while something happens, slower while nothing does. */
  private adapt(woken: number): void {
    this.pauseMs = woken > 0 ? this.times.least : Math.min(this.times.most, this.pauseMs * 1.3);
  }

  private pause(): Promise<void> {
    const { signal } = this.abort;
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, this.pauseMs);
      signal.addEventListener('abort', end, { once: true });
    });
  }
}

const beganAt = ({ until }: ObservationWait): number => {
  const since = typeof until['since'] === 'string' ? Date.parse(until['since']) : Number.NaN;
  return Number.isNaN(since) ? Date.now() : since;
};

const signature = (server: ObservedServer): string =>
  `${server.status} ${server.taskState} ${server.powerState}`;

function observed(server: ServerWire): ObservedServer & { ours: boolean } {
  return {
    openstackId: server.id,
    status: server.status,
    taskState: server['OS-EXT-STS:task_state'] ?? null,
    powerState: server['OS-EXT-STS:power_state'] ?? null,
    ours: server.metadata?.[OWNER_KEY] !== undefined,
  };
}
