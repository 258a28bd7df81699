import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createBatch, deleteBatch } from '../burst/ultron-batch.js';
import { alternate, median, medianRatio, type Figure } from '../figures.js';
import { BenchInstance, type BenchCluster } from '../instance/bench-instance.js';
import { bringUp, lab, type LabCluster } from '../lab/lab-clusters.js';

const ROUNDS = 2;
const SERVERS = 60;
const NAMES = { flavor: 'm1.tiny', image: 'cirros', network: 'private' };
const script = resolve(import.meta.dirname, '../../src/burst-lab/sdk_burst.py');

/** One call for servers over real clusters of two releases, against openstacksdk with 32 threads. */
export async function burstLab(): Promise<Figure[]> {
  const clusters = await bringUp();
  const instance = await BenchInstance.start([], clusters.map(benchCluster));
  try {
    const ultron = async (round: number) => {
      const { ms, ids } = await createBatch(instance.api, `ultron-${round}`, SERVERS, NAMES);
      await deleteBatch(instance.api, ids);
      return ms;
    };
    const sdk = (round: number) => runSdk(clusters, `sdk-${round}`);
    const { a, b } = await alternate(ROUNDS, ultron, sdk);
    return [
      { scenario: 'burst-lab', metric: 'ultron_time', value: median(a), unit: 'ms' },
      { scenario: 'burst-lab', metric: 'openstacksdk_time', value: median(b), unit: 'ms' },
      { scenario: 'burst-lab', metric: 'time_ratio', value: medianRatio(a, b), unit: 'x', aim: '<= 1.0' },
    ];
  } finally {
    await instance.stop();
  }
}

function benchCluster(cluster: LabCluster): BenchCluster {
  return {
    name: cluster.name,
    release: cluster.release,
    region: cluster.region,
    authUrl: cluster.auth_url,
    username: cluster.username,
    password: cluster.password,
    projectName: cluster.project_name,
  };
}

/** Runs the script in the lab's own root file system, which has the SDK; the milliseconds it measured. */
async function runSdk(clusters: readonly LabCluster[], prefix: string): Promise<number> {
  const { flavor, image, network } = NAMES;
  const child = spawn(
    lab,
    [
      'exec',
      clusters[0]?.name ?? '',
      'python3',
      '-',
      JSON.stringify(clusters),
      String(SERVERS),
      prefix,
      flavor,
      image,
      network,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.stdin.end(await readFile(script));
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((ended, failed) => {
    child.once('error', failed);
    child.once('close', ended);
  });
  if (code !== 0) throw new Error(`the openstacksdk script ended with ${String(code)}`);
  return (JSON.parse(said) as { ms: number }).ms;
}
