import { startSimulator } from './simulator.js';
import { SimSession } from './testing/sim-session.js';

/**
 * `node dist/measure.js [CLUSTERS] [SERVERS] [PORTS_EACH] [HOSTS]`: how much memory so many clusters with so many servers
 * take, and how long the calls take that a client of all of them makes. The client is this same process: both share one
 * core.
 */
const clusters = Number(process.argv[2] ?? 40);
const servers = Number(process.argv[3] ?? 30_000);
const portsEach = Number(process.argv[4] ?? 1);
// A default host takes 256 of the smallest flavor.
const hosts = Number(process.argv[5] ?? Math.ceil(servers / 200));

const releases = ['queens', 'train', 'victoria', 'zed', '2025.1'];
const options = Array.from({ length: clusters }, (_, i) => ({
  name: `cluster-${i + 1}`,
  release: releases[i % releases.length] ?? 'zed',
  hosts: Math.ceil(hosts / clusters),
}));
const simulator = await startSimulator({ clusters: options });
const empty = memoryMb();
const fill = timed(() =>
  options.forEach(({ name }) => simulator.fill(name, Math.round(servers / clusters), portsEach)),
);
const full = memoryMb();
const sessions = await Promise.all(simulator.clusters.map((cluster) => SimSession.login(cluster)));
const [one] = sessions;
if (!one) throw new Error('no cluster');

const page = await median(20, () => one.must('compute', 'GET', '/v2.1/servers/detail?limit=500'));
const pass = await median(3, () =>
  Promise.all(sessions.map((session) => session.must('compute', 'GET', '/v2.1/servers/detail'))),
);
const since = encodeURIComponent(new Date().toISOString());
const changes = await median(20, () =>
  Promise.all(
    sessions.map((session) => session.must('compute', 'GET', `/v2.1/servers/detail?changes-since=${since}`)),
  ),
);
const ports = await median(3, () => Promise.all(sessions.map((session) => pagesOf(session, ''))));
const ids = await median(3, () => Promise.all(sessions.map((session) => pagesOf(session, '&fields=id'))));
const creates = await median(5, () => Promise.all(Array.from({ length: 100 }, () => one.port())));

console.log(
  `clusters ${clusters}, servers ${simulator.clusters.reduce((sum, { name }) => sum + simulator.control.state(name).servers.length, 0)}, ports each ${portsEach}, hosts ${hosts}`,
);
console.log(`resident memory: ${empty} MB empty, ${full} MB filled (in ${Math.round(fill)} ms)`);
row('a page of 500 servers with detail, one cluster', page);
row('all servers with detail, all clusters at once', pass);
row('what changed since just now, all clusters at once', changes);
row('all ports, all clusters at once', ports);
row('the ids of all ports, all clusters at once', ids);
row('100 ports created at once', creates);
await simulator.close();

/** All pages of a list of ports. */
async function pagesOf(session: SimSession, more: string): Promise<void> {
  for (let marker = ''; ;) {
    const path = `/v2.0/ports?limit=1000${more}${marker && `&marker=${marker}`}`;
    const { ports: page } = await session.must<{ ports: { id: string }[] }>('network', 'GET', path);
    if (page.length < 1000) return;
    marker = page.at(-1)?.id ?? '';
  }
}

function row(what: string, ms: number): void {
  console.log(`${what}: ${ms.toFixed(1)} ms`);
}

function memoryMb(): number {
  return Math.round(process.memoryUsage().rss / 1024 ** 2);
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

async function median(rounds: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}
