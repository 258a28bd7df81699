import type { ApiClient } from '@ultron/dev/start/api-client';
import { anyOf, between, inTurns, pause } from './pause.js';
import type { Seat } from './seat.js';

export type DeedKind = 'killed' | 'frozen' | 'stopped' | 'drained' | 'moved';

/** What was done to a conductor, or to a cluster. */
export interface Deed {
  what: DeedKind;
  /** Of the conductor, or of the cluster. */
  id: string;
  /** From when to when, by the clock of this machine. */
  at: number;
  until: number;
  /** How long it took: to end, or to be without lanes. */
  ms?: number;
}

export interface DisturberParts {
  api: ApiClient;
  seats: readonly Seat[];
  /** Clusters that may be moved, and the group that each belongs to. */
  clusters: ReadonlyMap<string, string>;
  groups: readonly [string, string];
}

/** Longer than a conductor's lanes (2 s) or tasks (10 s) wait for it, and not always. */
const FROZEN_MS = [3_000, 16_000] as const;
const TRIES = 10;
const SHOWN = 160;
/** One of so many clusters is away from home at a time, at most. */
const AWAY_EACH = 5;
const DRAIN_LIMIT_MS = 30_000;

/** An API that says 503 is asked once more, as its answer says: what was asked for is the same when it is done twice. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === TRIES || !/ answered with 503/.test(String(error))) throw error;
      console.error(`asked again: ${String(error).slice(0, SHOWN)}`);
      await pause(1_000);
    }
  }
}

/** Leaves no conductor in peace, and moves clusters between groups. One conductor of each group is always spared. */
export class Disturber {
  readonly deeds: Deed[] = [];
  private readonly held = new Set<string>();
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly parts: DisturberParts) {}

  /** Until the time; then all is as before. */
  async run(until: number): Promise<void> {
    const { groups, seats } = this.parts;
    await Promise.all([...groups.map((group) => this.disturb(group, until)), this.move(until)]);
    await Promise.all(this.running);
    if (seats.some(({ free }) => !free)) throw new Error('a conductor was left disturbed');
  }

  /** Nothing is done to the conductors of the group while the work lasts. */
  async sparing<T>(group: string, work: (seats: readonly Seat[]) => Promise<T>): Promise<T> {
    const own = this.parts.seats.filter((seat) => seat.group === group);
    this.held.add(group);
    try {
      while (own.some(({ free }) => !free)) await pause(100);
      return await work(own);
    } finally {
      this.held.delete(group);
    }
  }

  private async disturb(group: string, until: number): Promise<void> {
    const own = this.parts.seats.filter((seat) => seat.group === group);
    const deeds = inTurns([this.kill, this.freeze, this.stop, this.drain]);
    while (Date.now() < until) {
      await pause(between(500, 3_000));
      const free = own.filter((seat) => seat.free);
      const seat = anyOf(free);
      if (!seat || free.length < 2 || this.held.has(group)) continue;
      seat.free = false;
      const work = deeds.next().value.call(this, seat);
      this.begin(work.finally(() => (seat.free = true)));
    }
  }

  private begin(work: Promise<void>): void {
    const ended = work.catch((error: unknown) => {
      console.error('a disturbance failed:', String(error));
    });
    this.running.add(ended);
    void ended.then(() => this.running.delete(ended));
  }

  private async kill(seat: Seat): Promise<void> {
    const id = await seat.conductorId();
    const at = Date.now();
    await seat.kill();
    await pause(between(0, 4_000));
    await seat.start();
    this.note({ what: 'killed', id, at });
  }

  private async freeze(seat: Seat): Promise<void> {
    const id = await seat.conductorId();
    const at = Date.now();
    seat.freeze();
    await pause(between(...FROZEN_MS));
    seat.thaw();
    // It has to find out for itself what it has lost.
    this.note({ what: 'frozen', id, at });
    await pause(2_000);
  }

  private async stop(seat: Seat): Promise<void> {
    const id = await seat.conductorId();
    const at = Date.now();
    const ms = await seat.stop();
    this.note({ what: 'stopped', id, at, ms });
    await pause(between(0, 2_000));
    await seat.start();
  }

  private async drain(seat: Seat): Promise<void> {
    const { api } = this.parts;
    const id = await seat.conductorId();
    const at = Date.now();
    await patiently(() => api.post(`/v1/conductors/${id}/actions`, { action: 'drain' }));
    while ((await api.get<{ lanes: number }>(`/v1/conductors/${id}`)).lanes > 0) {
      if (Date.now() - at > DRAIN_LIMIT_MS) throw new Error(`${id} keeps its lanes`);
      await pause(50);
    }
    this.note({ what: 'drained', id, at, ms: Date.now() - at });
    await pause(between(2_000, 6_000));
    await patiently(() => api.post(`/v1/conductors/${id}/actions`, { action: 'undrain' }));
  }

  /** To the other group, and home again. */
  private async move(until: number): Promise<void> {
    const { clusters, groups } = this.parts;
    const away = new Set<string>();
    while (Date.now() < until) {
      await pause(between(2_000, 5_000));
      const id = anyOf([...clusters.keys()].filter((one) => !away.has(one)));
      if (id === undefined || away.size >= Math.ceil(clusters.size / AWAY_EACH)) continue;
      away.add(id);
      const home = clusters.get(id) ?? groups[0];
      const other = groups.find((group) => group !== home) ?? home;
      const there = async (): Promise<void> => {
        await this.moveTo(id, other);
        await pause(between(3_000, 20_000));
        await this.moveTo(id, home);
      };
      this.begin(there().finally(() => away.delete(id)));
    }
  }

  private async moveTo(id: string, group: string): Promise<void> {
    const at = Date.now();
    await patiently(() => this.parts.api.patch(`/v1/clusters/${id}`, { conductor_group: group }));
    this.note({ what: 'moved', id, at, ms: Date.now() - at });
  }

  private note(deed: Omit<Deed, 'until'>): void {
    this.deeds.push({ ...deed, until: Date.now() });
  }
}
