import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { newId } from '@ultron/kernel/id';
import { LaneRepository } from '@ultron/sync/lane/lane.repository';
import { LaneConductorRepository } from '@ultron/sync/membership/lane-conductor.repository';
import { ownersOf, type Member, type Share } from '@ultron/sync/membership/membership.rules';
import { type Figure, figureOf, median, quantile } from '../figures.js';
import { startLaneDatabase, type LaneDatabase } from './lane-database.js';

const PROGRAM = fileURLToPath(new URL('./lane-conductor.main.js', import.meta.url));
const SIZES = [100, 1_000, 5_000];
const KINDS = Array.from({ length: 10 }, (_, index) => `kind_${'abcdefghij'[index]}`);
const PROBED = 8;
/** Each drains a conductor, or lets it work again: about half of the lanes move. */
const MOVES = 6;
const KILLS = 3;
const SETTLE_MS = 3_000;

const figure = figureOf('lanes');

/** What it costs a lane to go to another conductor, how many go, and how long those of a dead one wait. */
export async function lanes(): Promise<Figure[]> {
  const figures = spread();
  for (const size of SIZES) {
    const data = await startLaneDatabase();
    try {
      figures.push(...(await handOvers(data, size)));
    } finally {
      await data.stop();
    }
  }
  return figures;
}

/** By the rule alone: how many clusters change their owner, and how even the shares are. */
function spread(): Figure[] {
  const shares: Share[] = Array.from({ length: 360 }, () => ({
    clusterId: newId(),
    domain: 'compute',
    lanes: 14,
  }));
  const members: Member[] = Array.from({ length: 6 }, () => ({ id: newId(), domains: ['compute'] }));
  const [five, six] = [ownersOf(shares, members.slice(0, 5)), ownersOf(shares, members)];
  const moved = [...six].filter(([share, owner]) => five.get(share) !== owner).length / six.size;
  const loads = members.map(({ id }) => [...six.values()].filter((owner) => owner === id).length);
  return [
    figure('moved_by_the_sixth_conductor', moved * 100, '%', 'about 16.7'),
    figure('largest_share_to_even_share', Math.max(...loads) / (six.size / 6), 'x', '<= 1.15'),
  ];
}

/** A moment at which a conductor could write a lane, by the clock of the database. */
interface Write {
  lane: string;
  conductorId: string;
  us: number;
}

interface Conductor {
  id: string;
  child: ChildProcess;
}

async function handOvers(data: LaneDatabase, size: number): Promise<Figure[]> {
  const clusters = Array.from({ length: size / KINDS.length }, () => newId());
  const every = Math.max(1, Math.floor(clusters.length / PROBED));
  const probed = clusters
    .filter((_, index) => index % every === 0)
    .slice(0, PROBED)
    .map((id) => `${id}/${KINDS[3]}`);
  const children: ChildProcess[] = [];
  const writes: Write[] = [];
  const begin = async (): Promise<Conductor> => {
    const id = newId();
    const child = spawn(process.execPath, [PROGRAM, data.url, id, clusters.join(), probed.join(), ...KINDS], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const told = createInterface({ input: child.stdout });
    await new Promise((resolve) => told.once('line', resolve));
    told.on('line', (line) => {
      const [lane = '', us] = line.split(' ');
      writes.push({ lane, conductorId: id, us: Number(us) });
    });
    return { id, child };
  };
  try {
    await makeLanes(data, clusters);
    const first = await begin();
    await until(async () => (await owned(data, first.id)) === size);
    const second = await begin();
    await until(async () => (await owned(data, second.id)) > size / 4);
    await sleep(SETTLE_MS);
    writes.splice(0);
    const moves = await move(data, first, size);
    const gaps = gapsOf(writes);
    const kills = await kill(data, first, begin, size);
    const name = (metric: string) => `${metric}_${size}_lanes`;
    return [
      figure(name('hand_over_interruption_p50'), median(gaps.between), 'ms'),
      figure(name('hand_over_interruption_p95'), quantile(gaps.between, 0.95), 'ms', '< 80'),
      figure(name('pause_between_writes_without_hand_over_p95'), quantile(gaps.within, 0.95), 'ms'),
      figure(name('all_lanes_of_a_drained_conductor_moved'), median(moves), 'ms'),
      figure(name('all_lanes_of_a_killed_conductor_moved'), Math.max(...kills), 'ms', '< 3000'),
    ];
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

/** Milliseconds until the first conductor has no lane any more, for each time it was drained. */
async function move(data: LaneDatabase, first: Conductor, size: number): Promise<number[]> {
  const members = new LaneConductorRepository();
  const times: number[] = [];
  for (let round = 0; round < MOVES; round++) {
    const draining = round % 2 === 0;
    await members.drain(data.database.read, first.id, draining, 500);
    const took = await until(async () => {
      const own = await owned(data, first.id);
      return draining ? own === 0 : own > size / 4;
    });
    if (draining) times.push(took);
    await sleep(2_000);
  }
  return times;
}

/** Kills one of two conductors, and sees when the other has all lanes. */
async function kill(
  data: LaneDatabase,
  survivor: Conductor,
  begin: () => Promise<Conductor>,
  size: number,
): Promise<number[]> {
  const times: number[] = [];
  const [row] = await data.query<{ id: string }>(
    'SELECT DISTINCT owner_id AS id FROM lane WHERE owner_id <> ?',
    [survivor.id],
  );
  if (row) await new LaneConductorRepository().drain(data.database.read, row.id, true, 0);
  for (let round = 0; round < KILLS; round++) {
    const victim = await begin();
    await until(async () => (await owned(data, victim.id)) > size / 4);
    await sleep(2_000);
    victim.child.kill('SIGKILL');
    times.push(await until(async () => (await owned(data, survivor.id)) === size));
  }
  return times;
}

/** Milliseconds between two moments at which a lane could be written: with a change of the owner in between, or none. */
function gapsOf(writes: readonly Write[]): { between: number[]; within: number[] } {
  const gaps = { between: [] as number[], within: [] as number[] };
  for (const own of Map.groupBy(writes, ({ lane }) => lane).values()) {
    const inOrder = own.toSorted((a, b) => a.us - b.us);
    inOrder.forEach((write, index) => {
      const before = inOrder[index - 1];
      if (!before) return;
      const which = before.conductorId === write.conductorId ? 'within' : 'between';
      gaps[which].push((write.us - before.us) / 1_000);
    });
  }
  return gaps;
}

/** Lanes that have been read before and are due all through the time of their tier, as in a system at rest. */
async function makeLanes(data: LaneDatabase, clusters: readonly string[]): Promise<void> {
  const wishes = clusters.flatMap((clusterId) =>
    KINDS.map((kind) => ({
      clusterId,
      kind,
      domain: 'compute',
      conductorGroup: 'default',
      tier: 'bronze',
      strategy: { changes: 'full', deletions: 'full' } as const,
      slowness: 1,
      resting: false,
    })),
  );
  await new LaneRepository().ensure(data.database.read, wishes, 0);
  await data.query(
    `UPDATE lane SET next_due_at = UTC_TIMESTAMP(6) + INTERVAL RAND() * 150 SECOND, fresh_at = UTC_TIMESTAMP(6),
       full_at = UTC_TIMESTAMP(6)`,
  );
}

async function owned(data: LaneDatabase, id: string): Promise<number> {
  const [row] = await data.query<{ lanes: string }>('SELECT COUNT(*) AS lanes FROM lane WHERE owner_id = ?', [
    id,
  ]);
  return Number(row?.lanes);
}

async function until(holds: () => Promise<boolean>, withinMs = 60_000): Promise<number> {
  const from = performance.now();
  while (!(await holds())) {
    if (performance.now() - from > withinMs) throw new Error(`not within ${withinMs} ms`);
    await sleep(10);
  }
  return performance.now() - from;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
