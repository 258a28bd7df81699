import { alternate, type Figure, figureOf, median, medianRatio } from '../figures.js';
import { listBare, listBySdk } from './peers.js';
import { MAIN_KINDS, SyncInstance, type Size } from './sync-instance.js';

const SIZE: Size = { clusters: 40, servers: 30_000, portsEach: 2, hypervisors: 5_000 };
const CONDUCTORS = 2;
const ROUNDS = 3;
/** With more threads the SDK gets no faster: its interpreter runs one at a time. */
const SDK_THREADS = 8;
/** Long enough for every lane to have its turn with what changed. */
const QUIET_MS = 60_000;

const figure = figureOf('sync');

/** A full pass over forty clusters, against clients that only list them, and what it costs when nothing changes. */
export async function syncFull(): Promise<Figure[]> {
  const sync = await SyncInstance.start(SIZE);
  try {
    const first = await firstPass(sync);
    return [...first, ...(await againstPeers(sync)), ...(await unchanged(sync))];
  } finally {
    await sync.stop();
  }
}

/** How long it takes until all that is there is in the database, from when the last cluster was registered. */
async function firstPass(sync: SyncInstance): Promise<Figure[]> {
  const begun = performance.now();
  await sync.until(MAIN_KINDS, '2000-01-01');
  const ms = performance.now() - begun;
  const [row] = await sync.query<{ objects: number }>(
    'SELECT COUNT(*) AS objects FROM observed_object WHERE kind IN (?)',
    [MAIN_KINDS],
  );
  return [
    figure('objects', Number(row?.objects), 'objects'),
    figure('first_pass_after_registration', ms, 'ms'),
    figure('conductor_memory_first_pass', await sync.memory('VmHWM'), 'MB', '< 400'),
  ];
}

async function againstPeers(sync: SyncInstance): Promise<Figure[]> {
  const { clusters } = sync.instance;
  const cpu: number[] = [];
  const bareCpu: number[] = [];
  let written = 0;
  const ultron = async (): Promise<number> => {
    const before = await sync.cpuSeconds();
    const since = await sync.now();
    const { ms } = await sync.fullPass();
    cpu.push((await sync.cpuSeconds()) - before);
    written += await sync.writtenSince(since);
    return ms;
  };
  const bare = async (): Promise<number> => {
    const { ms, cpu_ms: used } = await listBare(clusters, CONDUCTORS);
    bareCpu.push((used ?? NaN) / 1000);
    return ms;
  };
  await ultron();
  await bare();
  const { a, b } = await alternate(ROUNDS, ultron, bare);
  const sdk = await listBySdk(clusters, CONDUCTORS, SDK_THREADS);
  return [
    figure('full_pass', median(a), 'ms'),
    figure('bare_client', median(b), 'ms'),
    figure('full_pass_to_bare_client', medianRatio(a, b), 'x', '<= 1.5'),
    figure('full_pass_cpu', median(cpu.slice(1)), 's'),
    figure('bare_client_cpu', median(bareCpu.slice(1)), 's'),
    figure('rows_written_by_unchanged_full_passes', written, 'rows', '0'),
    figure('openstacksdk', sdk.ms, 'ms'),
    figure('openstacksdk_to_full_pass', sdk.ms / median(a), 'x', '>= 5'),
    figure('conductor_memory', await sync.memory('VmHWM'), 'MB', '< 400'),
  ];
}

/** What a minute costs in which nothing happens. */
async function unchanged(sync: SyncInstance): Promise<Figure[]> {
  const since = await sync.now();
  const before = await sync.calls();
  const cpu = await sync.cpuSeconds();
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  const after = await sync.calls();
  const perCluster = (value: number) => value / SIZE.clusters;
  return [
    figure('quiet_minute_requests_per_cluster', perCluster(after.calls - before.calls), 'calls'),
    figure('quiet_minute_kilobytes_per_cluster', perCluster(after.bytes - before.bytes) / 1000, 'kB'),
    figure('quiet_minute_rows_written', await sync.writtenSince(since), 'rows', '0'),
    figure('quiet_minute_conductor_cpu', (await sync.cpuSeconds()) - cpu, 's'),
  ];
}
