import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { unpackDebianPackages, unpackedCommand } from '@ultron/dev/debian/debian-packages';
import { readDevConfig } from '@ultron/dev/dev.config';
import type { SimulatedCluster } from '@ultron/openstack-sim/simulator';

const run = promisify(execFile);
const bareClient = resolve(import.meta.dirname, 'bare-client.main.js');
const sdkScript = resolve(import.meta.dirname, '../../src/sync/sdk_list.py');

export interface PeerResult {
  ms: number;
  objects: number;
  bytes?: number;
  cpu_ms?: number;
}

/** The bare client in as many processes as there are conductors; the slowest decides. */
export function listBare(clusters: readonly SimulatedCluster[], processes: number): Promise<PeerResult> {
  return shared(clusters, processes, async (file) => ({
    command: process.execPath,
    args: [bareClient, file],
  }));
}

/** openstacksdk as the distribution has it, in as many processes, each with so many threads. */
export function listBySdk(
  clusters: readonly SimulatedCluster[],
  processes: number,
  threads: number,
): Promise<PeerResult> {
  return shared(clusters, processes, async (file) => {
    const folder = join(readDevConfig().cacheDir, 'debian', 'openstack-client');
    await unpackDebianPackages(['python3-openstackclient'], folder);
    const { command, args } = await unpackedCommand(folder, '/usr/bin/python3');
    return {
      command,
      args: [...args, sdkScript, file, String(threads)],
      env: { PYTHONHOME: join(folder, 'usr'), PYTHONPATH: join(folder, 'usr/lib/python3/dist-packages') },
    };
  });
}

interface Peer {
  command: string;
  args: string[];
  env?: Record<string, string>;
}

async function shared(
  clusters: readonly SimulatedCluster[],
  processes: number,
  peer: (file: string) => Promise<Peer>,
): Promise<PeerResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ultron-peers-'));
  try {
    const results = await Promise.all(
      Array.from({ length: processes }, async (_, i) => {
        const file = join(folder, `${i}.json`);
        await writeFile(file, JSON.stringify(clusters.filter((__, at) => at % processes === i)));
        const { command, args, env } = await peer(file);
        const { stdout } = await run(command, args, { env: { ...process.env, ...env }, maxBuffer: 1 << 20 });
        return JSON.parse(stdout) as PeerResult;
      }),
    );
    const sum = (of: (result: PeerResult) => number | undefined) =>
      results.reduce((total, result) => total + (of(result) ?? 0), 0);
    return {
      ms: Math.max(...results.map(({ ms }) => ms)),
      objects: sum(({ objects }) => objects),
      bytes: sum(({ bytes }) => bytes),
      cpu_ms: sum(({ cpu_ms: cpu }) => cpu),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
