import { type Figure, figureOf, median } from '../figures.js';
import { benchClusters } from '../instance/size.config.js';
import { MAIN_KINDS, SyncInstance, type Size } from './sync-instance.js';

const CLUSTERS = benchClusters();
/** With forty clusters as many servers, ports and hypervisors as Ultron is made for. */
const SMALL: Size = {
  clusters: CLUSTERS,
  servers: CLUSTERS * 750,
  portsEach: 2,
  hypervisors: CLUSTERS * 125,
};
const LARGE: Size = { ...SMALL, servers: SMALL.servers * 10 };
const ROUNDS = 3;

/** Ten times as many servers and ports in as many clusters: what a full pass then takes, in time and in memory. */
export async function syncGrowth(): Promise<Figure[]> {
  const small = await measured(SMALL);
  const large = await measured(LARGE);
  const figure = figureOf('sync-growth');
  return [
    figure(`full_pass_${SMALL.servers}_servers`, small.ms, 'ms'),
    figure(`full_pass_${LARGE.servers}_servers`, large.ms, 'ms'),
    figure('time_growth', large.ms / small.ms, 'x', '<= 11'),
    figure('cpu_growth', large.cpu / small.cpu, 'x', '<= 11'),
    figure(`conductor_memory_${SMALL.servers}_servers`, small.memory, 'MB'),
    figure(`conductor_memory_${LARGE.servers}_servers`, large.memory, 'MB', '< 400'),
    figure('memory_growth', large.memory / small.memory, 'x', '<= 1.2'),
  ];
}

async function measured(size: Size): Promise<{ ms: number; cpu: number; memory: number }> {
  const sync = await SyncInstance.start(size);
  try {
    await sync.until(MAIN_KINDS, '2000-01-01');
    const ms: number[] = [];
    const cpu: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const before = await sync.cpuSeconds();
      ms.push((await sync.fullPass()).ms);
      cpu.push((await sync.cpuSeconds()) - before);
    }
    return { ms: median(ms.slice(1)), cpu: median(cpu.slice(1)), memory: await sync.memory('VmHWM') };
  } finally {
    await sync.stop();
  }
}
