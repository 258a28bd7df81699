import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startPrivatePair, type PrivatePair } from '@ultron/dev/datastores/private-pair';
import { readDevConfig } from '@ultron/dev/dev.config';
import { freePort } from '@ultron/dev/process/free-port';
import { ApiClient } from '@ultron/dev/start/api-client';
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

  /** Starts all of it and waits until the conductor has looked at every cluster. */
  static async start(
    clusters: readonly ClusterOptions[],
    real: readonly BenchCluster[] = [],
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
    const supervisor = await Program.start<Started>(
      join(repository, 'tools/dev/dist/main.js'),
      ['start', '--json', '--no-sim'],
      {
        ULTRON_DATA_DIR: join(folder, 'instance'),
        ULTRON_DATABASE_URL: datastores.databaseUrl,
        ULTRON_REDIS_URL: datastores.redisUrl,
        ULTRON_PORT_BASE: String(await roomForPorts()),
      },
    );
    const { url, token } = supervisor.ready;
    const instance = new BenchInstance(folder, datastores, supervisor, simulator, new ApiClient(url, token));
    await instance.register([...(simulator?.ready.clusters ?? []), ...real]);
    return instance;
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

  async stop(): Promise<void> {
    await this.supervisor.stop();
    await this.simulator?.stop();
    await this.datastores.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async register(clusters: readonly BenchCluster[]): Promise<void> {
    for (const cluster of clusters) {
      await ensureCluster(
        this.api,
        {
          name: cluster.name,
          release: cluster.release,
          idc: 'bench',
          group: 'default',
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

/** An instance counts its ports from a base; ports that the system hands out itself begin at 32768. */
async function roomForPorts(): Promise<number> {
  return 10_000 + ((await freePort()) % 2_000) * 10;
}
