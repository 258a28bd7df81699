import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { unpackDebianPackages, unpackedCommand } from '@ultron/dev/debian/debian-packages';
import { readDevConfig } from '@ultron/dev/dev.config';
import type { SimulatedCluster } from '@ultron/openstack-sim/simulator';

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

/** The processes sign in, each by itself, and then begin together, as conductors do. */
async function shared(
  clusters: readonly SimulatedCluster[],
  processes: number,
  peer: (file: string) => Promise<Peer>,
): Promise<PeerResult> {
  const folder = await mkdtemp(join(tmpdir(), 'ultron-peers-'));
  const started: StartedPeer[] = [];
  try {
    for (let i = 0; i < processes; i += 1) {
      const file = join(folder, `${i}.json`);
      await writeFile(file, JSON.stringify(clusters.filter((_, at) => at % processes === i)));
      started.push(new StartedPeer(await peer(file)));
    }
    await Promise.all(started.map((one) => one.ready()));
    const results = await Promise.all(started.map((one) => one.result()));
    const sum = (of: (result: PeerResult) => number | undefined) =>
      results.reduce((total, result) => total + (of(result) ?? 0), 0);
    return {
      ms: Math.max(...results.map(({ ms }) => ms)),
      objects: sum(({ objects }) => objects),
      bytes: sum(({ bytes }) => bytes),
      cpu_ms: sum(({ cpu_ms: cpu }) => cpu),
    };
  } finally {
    for (const one of started) one.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Says `ready` on a line, waits for a line, and says on another what it took. */
class StartedPeer {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly said: string[] = [];

  constructor({ command, args, env }: Peer) {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
    child.stderr.on('data', (chunk: Buffer) => this.said.push(chunk.toString()));
    this.child = child;
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async ready(): Promise<void> {
    await this.line();
  }

  async result(): Promise<PeerResult> {
    this.child.stdin?.write('go\n');
    return JSON.parse(await this.line()) as PeerResult;
  }

  end(): void {
    this.child.kill();
  }

  private async line(): Promise<string> {
    const { value, done } = await this.lines.next();
    if (!done) return value;
    if (this.child.exitCode === null) await once(this.child, 'exit');
    throw new Error(`a peer ended with ${this.child.exitCode}:\n${this.said.join('')}`);
  }
}
