import { readFile } from 'node:fs/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { createBatch } from '../burst/ultron-batch.js';
import type { Figure } from '../figures.js';
import { BenchInstance } from '../instance/bench-instance.js';

const CLUSTERS = 40;
const SERVERS = 30_000;
const NAMES = { flavor: 'm1.tiny', image: 'cirros', network: 'private' };

/** What each process holds with 40 clusters and 30,000 servers, after all were listed and 100 more were made. */
export async function memory(): Promise<Figure[]> {
  const clusters = Array.from({ length: CLUSTERS }, (_, i) => ({
    name: `memory-${i + 1}`,
    release: 'zed',
    hosts: 125,
  }));
  const instance = await BenchInstance.start(clusters);
  try {
    for (const { name } of clusters) {
      await control(instance.simulatorUrl, `/_sim/clusters/${name}/fill`, { count: SERVERS / CLUSTERS });
    }
    await createBatch(instance.api, 'first', 1, NAMES);
    await multiplyServers(instance.datastores.databaseUrl);
    const listed = await listAll(instance);
    if (listed < SERVERS) throw new Error(`only ${listed} servers are listed`);
    await createBatch(instance.api, 'more', 100, NAMES);
    return await Promise.all(
      Object.entries(instance.pids).map(async ([name, pid]) => ({
        scenario: 'memory',
        metric: name.replaceAll('-', '_'),
        value: await residentMb(pid),
        unit: 'MB',
      })),
    );
  } finally {
    await instance.stop();
  }
}

/** Copies of the one server, so that the database holds as many as the clusters do. */
async function multiplyServers(databaseUrl: string): Promise<void> {
  const connection = await createConnection(databaseUrl);
  const [columns] = await connection.query<RowDataPacket[]>(
    `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = DATABASE()
     AND table_name = 'server' AND extra NOT LIKE '%GENERATED%'`,
  );
  const names = columns.map((row) => String(row['name']));
  const copied = names.map((name) => (['id', 'openstack_id'].includes(name) ? 'UUID()' : `s.\`${name}\``));
  await connection.query('CREATE TEMPORARY TABLE ten (n INT)');
  await connection.query('INSERT INTO ten VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)');
  const [templates] = await connection.query<RowDataPacket[]>('SELECT id FROM server LIMIT 1');
  for (let made = 1; made < SERVERS; made += 10) {
    await connection.query(
      `INSERT INTO server (${names.map((name) => `\`${name}\``).join(', ')})
       SELECT ${copied.join(', ')} FROM server s JOIN ten WHERE s.id = ?`,
      [templates[0]?.['id']],
    );
  }
  await connection.end();
}

async function listAll({ api }: BenchInstance): Promise<number> {
  let count = 0;
  let path: string | null = '/v1/servers?limit=1000';
  while (path) {
    const page: { servers: unknown[]; next: string | null } = await api.get(path);
    count += page.servers.length;
    path = page.next;
  }
  return count;
}

async function control(url: string, path: string, body: object): Promise<void> {
  const response = await fetch(url + path, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1024;
}
