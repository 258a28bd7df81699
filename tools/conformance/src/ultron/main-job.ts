import type { ClusterAccess } from '../shape/raw-cloud.js';
import { eventually } from '../target/eventually.js';
import { ownNetwork } from '../target/own-network.js';
import { ownProject } from '../target/own-project.js';
import type { Target } from '../target/target.js';
import { ClusterWatch } from './owned.js';
import { batchSize } from './ultron.config.js';
import { UltronInstance } from './ultron-instance.js';
import type { Accepted, ServerBody, TaskBody } from './ultron.wire.js';

const FINAL = new Set(['succeeded', 'failed', 'cancelled', 'stuck']);
export const CONDUCTOR = 'ultron-conductor-default';

/** An Ultron that knows the clusters of the target, and what its users do with it. */
export class MainJob {
  readonly watch: ClusterWatch;
  readonly batch: number;

  private constructor(
    readonly target: Target,
    readonly ultron: UltronInstance,
    /** Removes what was made in the clusters for this run. */
    private readonly leave: () => Promise<void>,
  ) {
    this.watch = new ClusterWatch(target.clusters);
    this.batch = batchSize(target.kind);
  }

  static async start(target: Target): Promise<MainJob> {
    const { clusters, leave } = await enter(target.clusters);
    const job = new MainJob({ ...target, clusters }, await UltronInstance.start(), leave);
    try {
      await job.ultron.must('POST', '/v1/idcs', { name: 'here' });
      for (const cluster of clusters) await job.register(cluster);
      for (const cluster of clusters) await job.probed(cluster.name);
    } catch (error) {
      await job.stop();
      throw error;
    }
    return job;
  }

  async stop(): Promise<void> {
    await this.ultron.stop();
    await this.leave();
  }

  /** One call for so many servers, wherever there is room. */
  async create(count: number, headers: Record<string, string> = {}) {
    const body = { name: 'it-{index}', count, flavor: 'm1.tiny', image: 'cirros', network: 'private' };
    const reply = await this.ultron.call<Accepted>('POST', '/v1/servers', body, headers);
    if (reply.status !== 202) throw new Error(`not accepted: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply;
  }

  /** The task once it has come to its end. */
  ended(taskId: string): Promise<TaskBody> {
    return eventually(
      `task ${taskId} ends`,
      async () => {
        const task = await this.task(taskId);
        return FINAL.has(task.status) ? task : undefined;
      },
      { seconds: this.target.kind === 'sim' ? 120 : 600, everyMs: 500 },
    );
  }

  /** Resolves when at least this share of the task's children is done. */
  async progressed(taskId: string, share: number): Promise<void> {
    await eventually(
      `task ${taskId} is ${share * 100} % done`,
      async () => {
        const { progress } = await this.task(taskId);
        return progress.total && progress.done >= share * progress.total ? true : undefined;
      },
      { seconds: 300, everyMs: 50 },
    );
  }

  async servers(): Promise<ServerBody[]> {
    const { servers } = await this.ultron.must<{ servers: ServerBody[] }>('GET', '/v1/servers?limit=1000');
    return servers.filter((server) => server.status !== 'deleted');
  }

  /** Deletes every server there is and waits until it is gone. */
  async deleteAll(): Promise<void> {
    for (const { id } of await this.servers()) await this.ultron.must('DELETE', `/v1/servers/${id}`);
    await eventually(
      'all servers are deleted',
      async () => ((await this.servers()).length === 0 ? true : undefined),
      {
        seconds: 600,
        everyMs: 500,
      },
    );
  }

  private task(id: string): Promise<TaskBody> {
    return this.ultron.must<TaskBody>('GET', `/v1/tasks/${id}`);
  }

  private async register(cluster: Target['clusters'][number]): Promise<void> {
    const { username, password, projectName, userDomainName, projectDomainName } = cluster;
    await this.ultron.must('POST', '/v1/clusters', {
      name: cluster.name,
      idc: 'here',
      conductor_group: 'default',
      auth_url: cluster.authUrl,
      region: cluster.region,
      credential: {
        username,
        password,
        project_name: projectName,
        user_domain_name: userDomainName,
        project_domain_name: projectDomainName,
      },
    });
  }

  private async probed(name: string): Promise<void> {
    await eventually(`cluster ${name} is probed`, async () => {
      const { clusters } = await this.ultron.must<{
        clusters: { id: string; probe: { status: string; fault: unknown } }[];
      }>('GET', `/v1/clusters?name=${name}`);
      const probe = clusters[0]?.probe;
      if (probe?.status === 'failed') throw new Error(`${name}: ${JSON.stringify(probe.fault)}`);
      return probe?.status === 'ok' ? true : undefined;
    });
  }
}

/** A project and a network of this run in each cluster, so that runs on the same lab do not meet. */
async function enter(clusters: readonly ClusterAccess[]) {
  const undo: (() => Promise<void>)[] = [];
  const entered: ClusterAccess[] = [];
  for (const cluster of clusters) {
    const { access, remove } = await ownProject(cluster, { instances: -1, ports: -1 });
    undo.unshift(await ownNetwork(access), remove);
    entered.push(access);
  }
  const leave = async () => {
    for (const step of undo) await step();
  };
  return { clusters: entered, leave };
}
