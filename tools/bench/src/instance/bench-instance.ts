import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startPrivatePair, type PrivatePair } from '@ultron/dev/datastores/private-pair';
import { readDevConfig } from '@ultron/dev/dev.config';
import { freePort, freePortBase } from '@ultron/dev/process/free-port';
import { ApiClient } from '@ultron/dev/start/api-client';
import { INSTANCE_PORT_OFFSETS } from '@ultron/dev/start/instance';
import { CONDUCTOR_HEAP } from '@ultron/dev/start/services';
import { ensureCluster, waitForProbe } from '@ultron/dev/start/registration';
import type { ClusterOptions } from '@ultron/openstack-sim/cluster/cluster.settings';
import type { SimulatedCluster } from '@ultron/openstack-sim/simulator';
import { Program } from './program.js';

const repository = resolve(import.meta.dirname, '../../../..');

interface Started {
  url: string;
  token: string;
  pids: Record<string, number>;
  data_dir: string;
}

/** What every simulated cluster holds before anybody looks. */
export interface Filling {
  /** Running servers. */
  count: number;
  portsEach: number;
}

/** What a scenario wants otherwise than `npm start` makes it. */
export interface Setting {
  /** Starts the conductors, before any cluster is registered; unless told there is one, of the group `default`. */
  conductors?: (instance: BenchInstance) => Promise<void>;
  /** The group that serves a cluster; unless told, `default`. */
  groupOf?: (cluster: string) => string;
}

/** A cluster as the bench registers it. */
export interface BenchCluster {
  name: string;
  release: string;
  region: string;
  authUrl: string;
  username: string;
  password: string;
  projectName: string;
}

/** An instance as `npm start` makes it, with simulated clusters in a process of their own, in a folder that goes away. */
export class BenchInstance {
  private constructor(
    private readonly folder: string,
    /** On disk and durable, as in production. */
    readonly datastores: PrivatePair,
    private readonly supervisor: Program<Started>,
    private readonly simulator: Program<{ url: string; clusters: SimulatedCluster[] }> | null,
    readonly api: ApiClient,
  ) {}

  private readonly conductors: ChildProcess[] = [];

  /** Starts all of it and waits until the conductor has looked at every cluster. */
  static async start(
    clusters: readonly ClusterOptions[],
    real: readonly BenchCluster[] = [],
    filling?: Filling,
    { conductors, groupOf = () => 'default' }: Setting = {},
  ): Promise<BenchInstance> {
    const folder = await mkdtemp(join(tmpdir(), 'ultron-bench-'));
    const { cacheDir, datastoreSources: sources } = readDevConfig();
    const datastores = await startPrivatePair({
      folder: join(folder, 'datastores'),
      cacheDir,
      sources,
      fast: false,
    });
    const simulator = clusters.length > 0 ? await startSimulator(folder, clusters) : null;
    if (simulator && filling) await fill(simulator.ready, filling);
    const supervisor = await Program.start<Started>(
      join(repository, 'tools/dev/dist/main.js'),
      ['start', '--json', '--no-sim', ...(conductors ? ['--no-conductors'] : [])],
      {
        ULTRON_DATA_DIR: join(folder, 'instance'),
        ULTRON_DATABASE_URL: datastores.databaseUrl,
        ULTRON_REDIS_URL: datastores.redisUrl,
        ULTRON_PORT_BASE: String(await freePortBase(INSTANCE_PORT_OFFSETS)),
      },
    );
    const { url, token } = supervisor.ready;
    const instance = new BenchInstance(folder, datastores, supervisor, simulator, new ApiClient(url, token));
    try {
      await conductors?.(instance);
      await instance.register([...(simulator?.ready.clusters ?? []), ...real], groupOf);
      return instance;
    } catch (error) {
      await instance.stop();
      throw error;
    }
  }

  get url(): string {
    return this.supervisor.ready.url;
  }

  get token(): string {
    return this.supervisor.ready.token;
  }

  /** Process ids by name: `ultron-api`, `ultron-conductor-default`, …, and the simulator's. */
  get pids(): Record<string, number> {
    return { ...this.supervisor.ready.pids, ...(this.simulator ? { simulator: this.simulator.pid } : {}) };
  }

  get simulatorUrl(): string {
    if (!this.simulator) throw new Error('this instance has no simulator');
    return this.simulator.ready.url;
  }

  get clusters(): SimulatedCluster[] {
    return this.simulator?.ready.clusters ?? [];
  }

  /** Another conductor beside the instance's own; its process id. */
  async startConductor(group = 'default'): Promise<number> {
    const child = await this.spawnConductor({
      ULTRON_CONDUCTOR_GROUP: group,
      ULTRON_HEALTH_PORT: String(await freePort()),
    });
    this.conductors.push(child);
    return child.pid ?? NaN;
  }

  /** A conductor that whoever starts it ends. What it writes goes to the file, if one is named. */
  async spawnConductor(settings: Record<string, string>, logFile?: string): Promise<ChildProcess> {
    const main = join(repository, 'apps/ultron-conductor/dist/main.js');
    const log = logFile === undefined ? undefined : await open(logFile, 'a');
    const output = log?.fd ?? 'ignore';
    const child = spawn(process.execPath, [...CONDUCTOR_HEAP, main], {
      stdio: ['ignore', output, output],
      env: {
        ...process.env,
        ULTRON_DATABASE_URL: this.datastores.databaseUrl,
        ULTRON_REDIS_URL: this.datastores.redisUrl,
        ULTRON_CREDENTIAL_KEY_FILE: join(this.folder, 'instance/secrets/credential-key'),
        ...settings,
      },
    });
    await once(child, 'spawn');
    await log?.close();
    return child;
  }

  async stop(): Promise<void> {
    for (const child of this.conductors) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await this.supervisor.stop();
    await this.simulator?.stop();
    await this.datastores.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async register(
    clusters: readonly BenchCluster[],
    groupOf: (cluster: string) => string,
  ): Promise<void> {
    for (const cluster of clusters) {
      await ensureCluster(
        this.api,
        {
          name: cluster.name,
          release: cluster.release,
          idc: 'bench',
          group: groupOf(cluster.name),
          region: cluster.region,
        },
        {
          name: cluster.name,
          release: cluster.release,
          auth_url: cluster.authUrl,
          region: cluster.region,
          username: cluster.username,
          password: cluster.password,
          project_name: cluster.projectName,
          user_domain_name: 'Default',
          project_domain_name: 'Default',
        },
      );
    }
    for (const { name } of clusters) await waitForProbe(this.api, name);
  }
}

async function startSimulator(folder: string, clusters: readonly ClusterOptions[]) {
  const config = join(folder, 'clusters.json');
  await writeFile(config, JSON.stringify({ clusters }));
  return Program.start<{ url: string; clusters: SimulatedCluster[] }>(
    join(repository, 'tools/openstack-sim/dist/main.js'),
    ['--config', config],
  );
}

/** What has changed just now is looked at again for minutes; most of what is in a cluster has not. */
const AGE_SECONDS = 86_400;

async function fill(
  { url, clusters }: { url: string; clusters: readonly SimulatedCluster[] },
  { count, portsEach }: Filling,
): Promise<void> {
  for (const { name } of clusters) {
    const body = JSON.stringify({ count, ports_each: portsEach, age_seconds: AGE_SECONDS });
    const response = await fetch(`${url}/_sim/clusters/${name}/fill`, { method: 'POST', body });
    if (!response.ok) throw new Error(`${name} cannot be filled: ${await response.text()}`);
  }
}
