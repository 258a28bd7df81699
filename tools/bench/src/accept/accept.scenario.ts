import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import autocannon from 'autocannon';
import { createConnection } from 'mysql2/promise';
import { alternate, median, medianRatio, type Figure } from '../figures.js';
import { BenchInstance } from '../instance/bench-instance.js';
import { Program } from '../instance/program.js';
import { readTemplate } from './row-template.js';

const ROUNDS = 5;
const SECONDS = 6;
const CONNECTIONS = 64;
const ROOMY = { hosts: 500, host: { vcpus: 4096, memoryMb: 4_194_304, diskGb: 4_194_304 } };
const BODY = { name: 'web', flavor: 'm1.tiny', image: 'cirros', network: 'private' };

interface Load {
  perSecond: number;
  p50: number;
  p99: number;
}

/** `POST /v1/servers` for one server against a bare handler that writes the same rows and adds the same job. */
export async function accept(): Promise<Figure[]> {
  const instance = await BenchInstance.start([
    { name: 'roomy-1', release: 'zed', ...ROOMY },
    { name: 'roomy-2', release: '2025.1', ...ROOMY },
  ]);
  try {
    await instance.api.post('/v1/servers', BODY);
    const conductor = instance.pids['ultron-conductor-default'];
    // What is accepted is not carried out meanwhile: neither side has a consumer.
    if (conductor) process.kill(conductor, 'SIGSTOP');
    try {
      return await compare(instance);
    } finally {
      if (conductor) process.kill(conductor, 'SIGKILL');
    }
  } finally {
    await instance.stop();
  }
}

async function compare(instance: BenchInstance): Promise<Figure[]> {
  const bare = await startBare(instance);
  try {
    const ultron = () => load(`${instance.url}/v1/servers`, { authorization: `Bearer ${instance.token}` });
    const peer = () => load(`${bare.ready.url}/servers`, {});
    await ultron();
    await peer();
    const { a, b } = await alternate(ROUNDS, ultron, peer);
    return figures(a, b);
  } finally {
    await bare.stop();
  }
}

async function startBare({ datastores }: BenchInstance): Promise<Program<{ url: string }>> {
  const connection = await createConnection({ uri: datastores.databaseUrl, timezone: 'Z' });
  const file = join(tmpdir(), `ultron-bench-template-${process.pid}.json`);
  await writeFile(file, JSON.stringify(await readTemplate(connection)));
  await connection.end();
  return Program.start(resolve(import.meta.dirname, 'bare-server.js'), [
    file,
    datastores.databaseUrl,
    datastores.redisUrl,
  ]);
}

async function load(url: string, headers: Record<string, string>): Promise<Load> {
  const result = await autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(BODY),
    connections: CONNECTIONS,
    duration: SECONDS,
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(
      `${url}: ${result.non2xx} refusals and ${result.errors} errors of ${result.requests.total}`,
    );
  }
  return { perSecond: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 };
}

function figures(ultron: readonly Load[], bare: readonly Load[]): Figure[] {
  const of = (loads: readonly Load[], key: keyof Load) => loads.map((one) => one[key]);
  const both = (metric: string, key: keyof Load, unit: string): Figure[] => [
    { scenario: 'accept', metric: `ultron_${metric}`, value: median(of(ultron, key)), unit },
    { scenario: 'accept', metric: `bare_${metric}`, value: median(of(bare, key)), unit },
  ];
  return [
    ...both('throughput', 'perSecond', 'requests/s'),
    ...both('p50', 'p50', 'ms'),
    ...both('p99', 'p99', 'ms'),
    {
      scenario: 'accept',
      metric: 'throughput_ratio',
      value: medianRatio(of(ultron, 'perSecond'), of(bare, 'perSecond')),
      unit: 'x',
      aim: '>= 0.8',
    },
    {
      scenario: 'accept',
      metric: 'p99_ratio',
      value: medianRatio(of(ultron, 'p99'), of(bare, 'p99')),
      unit: 'x',
      aim: '< 2',
    },
  ];
}
