import { createBatch, deleteBatch } from '../burst/ultron-batch.js';
import { alternate, type Figure, figureOf, median, medianRatio, quantile } from '../figures.js';
import { benchClusters } from '../instance/size.config.js';
import { Outsider, type OutsidersKind } from './outsider.js';
import { MAIN_KINDS, SyncInstance, type Size } from './sync-instance.js';

const CLUSTERS = benchClusters();
const SIZE: Size = {
  clusters: CLUSTERS,
  servers: 750 * CLUSTERS,
  portsEach: 2,
  hypervisors: 125 * CLUSTERS,
};
/** Of these two hang, and one answers 500; of few clusters as many as leave half of them well. */
const DISTURBED = Math.min(3, Math.floor(CLUSTERS / 2));
const SHARE_CHANGED = 0.01;
const TIERS = ['gold', 'silver', 'bronze'] as const;
const SERVERS = 100;
const NAMES = { flavor: 'm1.tiny', image: 'cirros', network: 'private' };
const ROUNDS = 3;
/** As long as changes come, and as long as is waited for the last of them to be seen. */
const CHANGING_MS = 30_000;
const WAIT_MS = 150_000;

const figure = figureOf('sync-changes');

/**
 * How soon changes behind the back of Ultron are seen, by tier, while two clusters hang, one answers 500, and servers
 * are being created a hundred at a time; and how much longer those creations take because of the sync.
 */
export async function syncChanges(): Promise<Figure[]> {
  const sync = await SyncInstance.start(SIZE, {
    lifecycle: { schedule: { min: 200, max: 400 }, spawn: { min: 2000, max: 3000 } },
  });
  try {
    await assignTiers(sync);
    await sync.until(MAIN_KINDS, '2000-01-01');
    await disturb(sync);
    return [...(await latencies(sync)), ...(await creations(sync))];
  } finally {
    await sync.stop();
  }
}

/** In turn, so that every tier has clusters of every release. */
async function assignTiers(sync: SyncInstance): Promise<void> {
  const clusters = await sync.query<{ id: string }>('SELECT id FROM cluster ORDER BY name');
  for (const [i, { id }] of clusters.entries()) {
    await sync.query(
      `INSERT INTO sync_tier_assignment (subject_kind, subject_id, tier, assigned_at)
       VALUES ('cluster', ?, ?, UTC_TIMESTAMP(6))`,
      [id, TIERS[i % TIERS.length]],
    );
  }
}

const disturbed = (sync: SyncInstance) => sync.instance.clusters.slice(CLUSTERS - DISTURBED);

async function disturb(sync: SyncInstance): Promise<void> {
  // As operators would: nothing new is placed there, but they are read on. Else the batches would measure failover.
  const names = disturbed(sync).map(({ name }) => name);
  if (names.length === 0) return;
  await sync.query(`UPDATE cluster SET state = 'draining' WHERE name IN (?)`, [names]);
  for (const [i, { name }] of disturbed(sync).entries()) {
    const effect = i < 2 ? { kind: 'hang' } : { kind: 'status', status: 500 };
    await fetch(`${sync.instance.simulatorUrl}/_sim/faults`, {
      method: 'POST',
      body: JSON.stringify({ cluster: name, effect }),
    });
  }
}

/** What outsiders do, each to as many things, and how the rows of Ultron show it. */
const DEEDS: readonly Deed[] = [
  {
    name: 'server_changed',
    kind: 'server',
    act: (outsider, id) => outsider.rename('server', id, `changed-${id}`),
    at: 'observed_at',
    isSeen: `o.name = CONCAT('changed-', o.openstack_id)`,
  },
  {
    name: 'port_changed',
    kind: 'port',
    act: (outsider, id) => outsider.rename('port', id, `changed-${id}`),
    at: 'observed_at',
    isSeen: `o.name = CONCAT('changed-', o.openstack_id)`,
  },
  {
    name: 'port_deleted',
    kind: 'port',
    act: (outsider, id) => outsider.delete('port', id),
    at: 'missing_since',
    isSeen: 'o.missing_since IS NOT NULL',
  },
];

interface Deed {
  name: string;
  kind: OutsidersKind;
  act: (outsider: Outsider, id: string) => Promise<void>;
  /** The column with the time at which it was seen. */
  at: string;
  isSeen: string;
}

/** What one outsider does to some things, one after the other. */
interface Chore {
  deed: Deed;
  outsider: Outsider;
  ids: readonly string[];
}

async function latencies(sync: SyncInstance): Promise<Figure[]> {
  const well = sync.instance.clusters.filter((cluster) => !disturbed(sync).includes(cluster));
  const outsiders = await Promise.all(well.map((cluster) => Outsider.signIn(cluster)));
  const each = Math.ceil((SIZE.servers * SHARE_CHANGED) / outsiders.length);
  // Chosen before the batches come, whose servers and ports go again.
  const chores = (await Promise.all(outsiders.map((outsider) => choresOf(outsider, each)))).flat();
  const done = new Map<string, number>();
  const batches = createWhile(sync, CHANGING_MS);
  await Promise.all(chores.map((chore, i) => perform(chore, i / chores.length, done)));
  await batches;
  const figures: Figure[] = [];
  for (const deed of DEEDS) figures.push(...(await figuresOf(sync, deed, done)));
  return figures;
}

/** No thing has two things done to it. */
async function choresOf(outsider: Outsider, each: number): Promise<Chore[]> {
  const ids = {
    server: await outsider.some('server', each),
    port: await outsider.some('port', 2 * each),
  };
  return DEEDS.map((deed) => ({ deed, outsider, ids: ids[deed.kind].splice(0, each) }));
}

/** Spread over the time; `start`: not all at once. */
async function perform({ deed, outsider, ids }: Chore, start: number, done: Map<string, number>) {
  const every = CHANGING_MS / ids.length;
  await pause(every * start);
  for (const id of ids) {
    done.set(`${deed.name} ${id}`, Date.now());
    await deed.act(outsider, id);
    await pause(every);
  }
}

async function figuresOf(
  sync: SyncInstance,
  deed: Deed,
  done: ReadonlyMap<string, number>,
): Promise<Figure[]> {
  const ids = [...done.keys()].flatMap((key) =>
    key.startsWith(`${deed.name} `) ? key.slice(deed.name.length + 1) : [],
  );
  const seen = await whenSeen(sync, deed, ids);
  // Of few clusters there may be none of a tier.
  return TIERS.filter((tier) => seen.some((row) => row.tier === tier)).flatMap((tier) => {
    const rows = seen.filter((row) => row.tier === tier);
    const ms = rows.map((row) => row.at.getTime() - (done.get(`${deed.name} ${row.id}`) ?? NaN));
    const objective = `<= ${(rows[0]?.objective ?? NaN) / 1000}`;
    return [
      figure(`${deed.name}_seen_after_${tier}_p50`, quantile(ms, 0.5) / 1000, 's'),
      figure(`${deed.name}_seen_after_${tier}_p95`, quantile(ms, 0.95) / 1000, 's', objective),
      figure(`${deed.name}_seen_${tier}`, ms.length, 'changes'),
    ];
  });
}

interface SeenRow {
  id: string;
  at: Date;
  tier: string;
  objective: number;
}

async function whenSeen(sync: SyncInstance, deed: Deed, ids: readonly string[]): Promise<SeenRow[]> {
  for (const deadline = Date.now() + WAIT_MS; ;) {
    const rows = await sync.query<SeenRow>(
      `SELECT o.openstack_id AS id, o.${deed.at} AS at, l.tier, t.objective_ms AS objective
       FROM observed_object o JOIN lane l ON l.cluster_id = o.cluster_id AND l.kind = o.kind
       JOIN sync_tier t ON t.name = l.tier
       WHERE o.kind = ? AND o.openstack_id IN (?) AND ${deed.isSeen}`,
      [deed.kind, ids],
    );
    if (rows.length >= ids.length || Date.now() > deadline) {
      if (rows.length < ids.length)
        console.error(`${deed.name}: only ${rows.length} of ${ids.length} were seen`);
      return rows;
    }
    await pause(500);
  }
}

/** One batch after the other. */
async function createWhile(sync: SyncInstance, ms: number): Promise<void> {
  const { api } = sync.instance;
  for (const until = performance.now() + ms, round = { at: 0 }; performance.now() < until; round.at += 1) {
    const { ids } = await createBatch(api, `while-${round.at}`, SERVERS, NAMES);
    await deleteBatch(api, ids);
  }
}

async function creations(sync: SyncInstance): Promise<Figure[]> {
  const create = async (paused: boolean, round: number): Promise<number> => {
    await sync.query('UPDATE lane SET paused = ?', [paused ? 1 : 0]);
    // What runs may end, and what is due may begin.
    await pause(3_000);
    const { ms, ids } = await createBatch(sync.instance.api, `sync-${paused}-${round}`, SERVERS, NAMES);
    await deleteBatch(sync.instance.api, ids);
    return ms;
  };
  const { a, b } = await alternate(
    ROUNDS,
    (round) => create(false, round),
    (round) => create(true, round),
  );
  return [
    figure('create_100_with_sync', median(a), 'ms'),
    figure('create_100_without_sync', median(b), 'ms'),
    figure('create_100_with_to_without_sync', medianRatio(a, b), 'x', '<= 1.1'),
  ];
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
