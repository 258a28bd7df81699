import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import type { NotificationSource } from '@ultron/reconcile/notification-source/notification-source.entity';
import type { NotificationSourceRepository } from '@ultron/reconcile/notification-source/notification-source.repository';
import type { NotificationSourceService } from '@ultron/reconcile/notification-source/notification-source.service';
import type { RefreshService } from '@ultron/sync/refresh/refresh.service';
import { NotificationListener, type ListenerState, type ListenerTimes } from './notification.listener.js';
import {
  exchangesMissing,
  listening,
  notificationsHeard,
  refreshesAskedFor,
} from './notification.metrics.js';
import type { NamedObject } from './notification.rules.js';

export interface NotificationParts {
  database: Database;
  sources: NotificationSourceRepository;
  service: Pick<NotificationSourceService, 'open'>;
  refreshes: Pick<RefreshService, 'sooner'>;
  log: Log;
  conductorId: string;
  conductorGroup: string;
  /** Between two looks at what is to be listened to; milliseconds. */
  lookMs?: number;
  times?: Partial<ListenerTimes>;
}

interface Listening {
  version: number;
  listener: NotificationListener;
}

const LOOK_MS = 5_000;
/** How long a cluster is not listened to after the conductor that did died: three looks. */
const TERM = 3;

/**
 * Listens to the clusters of a group whose operators said where they tell what they do. One conductor listens to a
 * cluster. What it hears makes the lanes read sooner what was named, and nothing else: losing all of it costs latency.
 */
export class NotificationWork {
  private readonly listeners = new Map<string, Listening>();
  private readonly lookMs: number;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly parts: NotificationParts) {
    this.lookMs = parts.lookMs ?? LOOK_MS;
  }

  start(): void {
    this.stopped = false;
    this.later(0);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
    await Promise.all([...this.listeners.keys()].map((clusterId) => this.end(clusterId)));
  }

  private later(ms: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.looking = this.look()
        .catch((error: unknown) =>
          this.parts.log.warn('it is not known to which clusters to listen', { reason: String(error) }),
        )
        .finally(() => this.later(this.lookMs));
    }, ms);
  }

  private async look(): Promise<void> {
    const { database, sources, conductorGroup, conductorId } = this.parts;
    const wanted = await sources.ofGroup(database.read, conductorGroup);
    const mine = new Set<string>();
    for (const source of wanted) {
      const { clusterId } = source;
      if (!(await sources.take(database.read, clusterId, conductorId, this.lookMs * TERM))) continue;
      mine.add(clusterId);
      if (this.listeners.get(clusterId)?.version === source.version) continue;
      await this.end(clusterId, false);
      if (!this.stopped) this.begin(source);
    }
    for (const clusterId of this.listeners.keys()) if (!mine.has(clusterId)) await this.end(clusterId);
  }

  private begin(source: NotificationSource): void {
    const { clusterId, version, exchanges, topics } = source;
    try {
      const listener = new NotificationListener({
        url: this.parts.service.open(source),
        exchanges,
        topics,
        name: clusterId,
        heard: (named, messages) => void this.heard(clusterId, named, messages),
        state: (state) => void this.record(clusterId, state),
        ...(this.parts.times ? { times: this.parts.times } : {}),
      });
      this.listeners.set(clusterId, { version, listener });
      listening.set({ cluster_id: clusterId }, 0);
      listener.start();
    } catch (error) {
      this.parts.log.warn('a cluster cannot be listened to', {
        cluster_id: clusterId,
        reason: String(error),
      });
    }
  }

  private async end(clusterId: string, letGo = true): Promise<void> {
    const { database, sources, conductorId, log } = this.parts;
    const known = this.listeners.get(clusterId);
    this.listeners.delete(clusterId);
    await known?.listener.stop();
    listening.remove({ cluster_id: clusterId });
    exchangesMissing.remove({ cluster_id: clusterId });
    if (!letGo) return;
    await sources
      .letGo(database.read, clusterId, conductorId)
      .catch((error: unknown) => log.debug('a cluster was not let go', { reason: String(error) }));
  }

  private async heard(clusterId: string, named: readonly NamedObject[], messages: number): Promise<void> {
    const { database, sources, refreshes, log } = this.parts;
    notificationsHeard.inc({ cluster_id: clusterId }, messages);
    for (const { kind } of named) refreshesAskedFor.inc({ cluster_id: clusterId, kind });
    try {
      if (named.length)
        await refreshes.sooner(
          database.read,
          named.map((one) => ({ clusterId, ...one })),
        );
      await sources.heard(database.read, clusterId, messages);
    } catch (error) {
      log.warn('what a cluster told was lost; its lanes find it out', {
        cluster_id: clusterId,
        reason: String(error),
      });
    }
  }

  private async record(clusterId: string, state: ListenerState): Promise<void> {
    const { database, sources, log } = this.parts;
    listening.set({ cluster_id: clusterId }, state.kind === 'lost' ? 0 : 1);
    if (state.kind === 'lost') exchangesMissing.remove({ cluster_id: clusterId });
    else exchangesMissing.set({ cluster_id: clusterId }, state.kind === 'waiting' ? state.missing.length : 0);
    const told = { cluster_id: clusterId, ...state };
    if (state.kind === 'lost') log.warn('a cluster is not heard any more', told);
    else log.info('listening to a cluster', told);
    const note = state.kind === 'waiting' ? `no such exchange yet: ${state.missing.join(', ')}` : null;
    const written =
      state.kind === 'lost'
        ? sources.lost(database.read, clusterId, state.reason)
        : sources.connected(database.read, clusterId, note);
    await written.catch((error: unknown) =>
      log.debug('how listening goes was not written', { reason: String(error) }),
    );
  }
}
