import { loadavg } from 'node:os';
import type { Figure } from '../figures.js';
import { Batches } from './batches.js';
import { Disturber } from './disturber.js';
import { Freshness } from './freshness.js';
import { Judge } from './judge.js';
import { pause } from './pause.js';
import { catchUp, readInFull } from './calm.js';
import { upheavalSize, type UpheavalSize } from './size.config.js';
import { Stranger } from './stranger.js';
import { leaveUnserved, type Unserved } from './unserved.js';
import { GROUPS, UpheavalInstance } from './upheaval-instance.js';

const SERVERS = 100;
const COUNTED_EACH_MS = 2_000;
/** When nobody serves the second group, as a share of the whole time. */
const UNSERVED_AT = 0.4;
/** What the clusters are still at when nobody asks for anything more. */
const LAST_MS = 10_000;

/**
 * Conductors are killed, stopped, frozen and drained at random, and clusters go from group to group, while outsiders change
 * what is in the clusters and servers are made and deleted a hundred at a time: whether anything is lost, or done twice.
 */
export async function upheaval(): Promise<Figure[]> {
  const size = upheavalSize();
  const world = await UpheavalInstance.start(size);
  try {
    await catchUp(world.audit);
    return await new Upheaval(world, size).run();
  } finally {
    await world.stop();
  }
}

class Upheaval {
  /** Of the machine, while it lasted. */
  private readonly load: number[] = [];
  private readonly batches: Batches;
  private readonly freshness: Freshness;
  private readonly disturber: Disturber;

  constructor(
    private readonly world: UpheavalInstance,
    private readonly size: UpheavalSize,
  ) {
    const { instance, audit, seats, clusters } = world;
    this.batches = new Batches(instance);
    this.freshness = new Freshness(audit);
    this.disturber = new Disturber({
      api: instance.api,
      seats,
      groups: GROUPS,
      // The one in which servers are asked for while nobody serves it stays where it is.
      clusters: new Map(clusters.filter((one) => one !== this.unserved).map(({ id, group }) => [id, group])),
    });
  }

  async run(): Promise<Figure[]> {
    const { audit } = this.world;
    const strangers = await Promise.all(
      this.world.clusters.map(({ name, cloud }) => Stranger.arrive(name, cloud)),
    );
    await audit.begin();
    const begun = Date.now();
    const until = begun + this.size.seconds * 1000;
    const each = this.size.changesPerSecond / strangers.length;
    console.error(`upheaval for ${this.size.seconds} s`);
    const [unserved] = await Promise.all([
      this.unserve(begun + this.size.seconds * 1000 * UNSERVED_AT),
      this.disturber.run(until),
      this.freshness.watch(until),
      this.batches.run('one', SERVERS, until),
      this.batches.run('two', SERVERS, until),
      this.count(until),
      ...strangers.map((stranger) => stranger.work(each, until)),
    ]);
    const calmAfter = (Date.now() - until) / 1000;
    await pause(LAST_MS);
    console.error(`all was done ${Math.round(calmAfter)} s after the end; comparing`);
    return this.judge(strangers, unserved, calmAfter);
  }

  private get unserved() {
    return this.world.clusters.find(({ group }) => group === GROUPS[1]);
  }

  private async unserve(at: number): Promise<Unserved> {
    await pause(at - Date.now());
    const { instance } = this.world;
    return this.disturber.sparing(GROUPS[1], (seats) =>
      leaveUnserved(instance, this.batches, seats, this.unserved?.name ?? ''),
    );
  }

  private async count(until: number): Promise<void> {
    for (; Date.now() < until; await pause(COUNTED_EACH_MS)) {
      this.load.push(loadavg()[0] ?? NaN);
      await this.countAll();
    }
  }

  private async countAll(): Promise<void> {
    await Promise.all(this.world.seats.map((seat) => seat.count()));
  }

  private async judge(
    strangers: readonly Stranger[],
    unserved: Unserved,
    calmAfter: number,
  ): Promise<Figure[]> {
    const { world, batches, freshness } = this;
    const judge = new Judge(world);
    await catchUp(world.audit);
    const truth = await judge.truth('');
    // What an object was found to lack must be there after a full pass at the latest.
    await readInFull(world.audit);
    const full = await judge.truth('_after_full_pass');
    await this.countAll();
    const changes = strangers.reduce((sum, one) => sum + one.changes, 0);
    return [
      ...judge.extent(this.size, this.disturber.deeds, { changes, calmAfter, load: this.load }),
      ...truth,
      ...full,
      ...(await judge.writes()),
      ...(await judge.servers(batches)),
      ...(await judge.tasks(batches)),
      ...judge.unserved(unserved),
      ...judge.freshness(freshness),
      ...(await judge.owners(this.disturber.deeds, unserved.span)),
    ];
  }
}
