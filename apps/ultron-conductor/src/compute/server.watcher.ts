import { ServerWatch, type WatcherParts, type WatchTimes } from './server-watch.js';

/** How long a cluster stays unwatched after the process that watched it died. */
const LOCK_MS = 3_000;

const TIMES: WatchTimes = { look: 500, least: 300, most: 2_000 };

/**
 * Sees for all tasks that wait for servers: one list per cluster and interval, however many wait. A cluster in which
 * nobody waits is not asked at all.
 */
export class ServerWatcher {
  private readonly watches = new Map<string, ServerWatch>();
  private readonly times: WatchTimes;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly parts: WatcherParts) {
    this.times = { ...TIMES, ...parts.times };
  }

  start(): void {
    this.stopped = false;
    this.later();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
    await Promise.all([...this.watches.values()].map((watch) => watch.stop()));
  }

  private later(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.looking = this.look().finally(() => this.later());
    }, this.times.look);
  }

  private async look(): Promise<void> {
    try {
      const wanted = await this.parts.waits.wanted();
      for (const { clusterId, resource } of wanted) {
        if (resource === 'server' && !this.watches.has(clusterId)) await this.watch(clusterId);
      }
    } catch (error) {
      this.parts.log.warn('cannot see who waits for servers', { reason: String(error) });
    }
  }

  private async watch(clusterId: string): Promise<void> {
    if ((await this.parts.clouds.groupOf(clusterId)) !== this.parts.conductorGroup) return;
    if (this.stopped) return;
    const watch = new ServerWatch(clusterId, this.parts, this.times);
    this.watches.set(clusterId, watch);
    // Of the conductors of a group one asks the cluster; without Redis all of them do, which only costs calls.
    void this.parts.locks
      .using(`watch:server:${clusterId}`, LOCK_MS, (signal) => watch.run(signal))
      .catch((error: unknown) => this.parts.log.warn('a watch could not begin', { reason: String(error) }))
      .finally(() => this.watches.delete(clusterId));
  }
}
