import type { MainJob } from '../main-job.js';
import type { TaskBody } from '../ultron.wire.js';

export interface PortBody {
  id: string;
  name: string;
  status: string;
  cluster_id: string;
  fixed_ips: { ip_address: string }[];
  openstack_id: string | null;
  fault: object | null;
}
export interface RouterBody {
  id: string;
  status: string;
  clusters: { cluster_id: string; status: string; external_addresses: string[]; interfaces: object[] }[];
}
export interface FloatingIpBody {
  id: string;
  status: string;
  address: string | null;
  port_id: string | null;
  fault: object | null;
}

/** What users do with ports, routers, floating IPs and QoS policies, until it is done. */
export class PortsJob {
  private constructor(
    readonly main: MainJob,
    readonly vpcId: string,
    readonly subnetId: string,
    /** By their names. */
    readonly clusterIds: ReadonlyMap<string, string>,
  ) {}

  /** A VPC with a subnet that is built in every cluster. */
  static async over(main: MainJob): Promise<PortsJob> {
    const { ultron } = main;
    const { clusters } = await ultron.must<{ clusters: { id: string; name: string }[] }>(
      'GET',
      '/v1/clusters',
    );
    await ultron.must('POST', '/v1/address_pools', { name: 'it-ports', cidr: '10.96.0.0/12' });
    const vpc = await ultron.must<{ id: string }>('POST', '/v1/vpcs', {
      name: 'it-ports',
      idcs: ['here'],
      address_pool: 'it-ports',
    });
    const made = await ultron.must<{ subnet: { id: string }; task: { id: string } }>(
      'POST',
      `/v1/vpcs/${vpc.id}/subnets`,
      { idc: 'here' },
    );
    const job = new PortsJob(
      main,
      vpc.id,
      made.subnet.id,
      new Map(clusters.map(({ id, name }) => [name, id])),
    );
    await job.succeeded(made.task.id);
    return job;
  }

  async create<Thing extends { id: string }>(path: string, name: string, body: object): Promise<Thing> {
    const made = await this.main.ultron.must<Record<string, unknown>>('POST', `/v1/${path}`, body);
    const task = made['task'] as { id: string } | null;
    if (task) await this.succeeded(task.id);
    return this.get<Thing>(`${path}/${(made[name] as Thing).id}`);
  }

  async change(method: 'PATCH' | 'DELETE', path: string, body?: object): Promise<TaskBody | null> {
    const { task } = await this.main.ultron.must<{ task: { id: string } | null }>(
      method,
      `/v1/${path}`,
      body,
    );
    return task && this.succeeded(task.id);
  }

  get<Thing>(path: string): Promise<Thing> {
    return this.main.ultron.must<Thing>('GET', `/v1/${path}`);
  }

  port(cluster: string, more: object = {}): Promise<PortBody> {
    return this.create('ports', 'port', { subnet: this.subnetId, cluster, ...more });
  }

  async succeeded(taskId: string): Promise<TaskBody> {
    const task = await this.main.ended(taskId);
    if (task.status !== 'succeeded')
      throw new Error(`${task.kind} ${task.status}: ${JSON.stringify(task.error)}`);
    return task;
  }
}
