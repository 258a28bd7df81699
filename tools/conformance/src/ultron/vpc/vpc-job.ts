import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@ultron/kernel/id';
import { RawCloud } from '../../shape/raw-cloud.js';
import { eventually } from '../../target/eventually.js';
import { CONDUCTOR, type MainJob } from '../main-job.js';
import { disagreements } from './plan-agreement.js';
import { PlanDatabase } from './plan-database.js';

export interface PlannedVpc {
  id: string;
  version: number;
}

/** Ports that are made with one request. */
const BULK = 25;

/** What an operator does with VPCs, and what becomes of it. */
export class VpcJob {
  private constructor(
    readonly main: MainJob,
    readonly rows: PlanDatabase,
    /** By their names. */
    readonly clusterIds: ReadonlyMap<string, string>,
    readonly idcId: string,
  ) {}

  static async over(main: MainJob): Promise<VpcJob> {
    const { clusters } = await main.ultron.must<{
      clusters: { id: string; name: string; idc: { id: string } }[];
    }>('GET', '/v1/clusters?limit=100');
    const ids = new Map(clusters.map(({ id, name }) => [name, id]));
    return new VpcJob(main, await PlanDatabase.open(main.ultron), ids, clusters[0]?.idc.id ?? '');
  }

  async createVpc(body: Record<string, unknown>): Promise<PlannedVpc> {
    return this.main.ultron.must('POST', '/v1/vpcs', { name: 'it', idcs: ['here'], ...body });
  }

  async createSubnet(vpcId: string): Promise<{ subnetId: string; taskId: string }> {
    const { subnet, task } = await this.main.ultron.must<{ subnet: { id: string }; task: { id: string } }>(
      'POST',
      `/v1/vpcs/${vpcId}/subnets`,
      { idc: 'here' },
    );
    return { subnetId: subnet.id, taskId: task.id };
  }

  async createServers(vpcId: string, count: number): Promise<string> {
    const body = {
      name: 'it-{index}',
      count,
      flavor: 'm1.tiny',
      image: 'cirros',
      networks: [{ vpc: vpcId }],
    };
    const { task } = await this.main.ultron.must<{ task: { id: string } }>('POST', '/v1/servers', body);
    return task.id;
  }

  /** The segments of a cluster, by state. */
  async states(vpcId: string, clusterId?: string): Promise<string[]> {
    const plan = await this.rows.plan.plans.get(this.rows.database.read, vpcId);
    return plan.subnets
      .flatMap(({ segments }) => segments)
      .filter((one) => one.clusterId !== null && (clusterId === undefined || one.clusterId === clusterId))
      .map(({ state }) => state);
  }

  /** All segments are built, and nobody works on the VPC any more. */
  async settled(vpcId: string, seconds = 180): Promise<void> {
    await eventually(
      `VPC ${vpcId} is at rest`,
      async () => {
        const states = await this.states(vpcId);
        const busy = await this.rows.query(
          `SELECT id FROM task WHERE JSON_VALUE(input, '$.vpc_id') = ?
              AND status NOT IN ('succeeded', 'failed', 'cancelled')`,
          [vpcId],
        );
        const atRest = states.every((state) => state === 'active' || state === 'quarantined');
        return atRest && busy.length === 0 ? true : undefined;
      },
      { seconds, everyMs: 300 },
    );
  }

  /** How many addresses the cluster could hand out now. */
  async free(vpcId: string, clusterId: string): Promise<number> {
    const plan = await this.rows.plan.plans.get(this.rows.database.read, vpcId);
    return plan.subnets
      .flatMap(({ segments }) => segments)
      .filter((one) => one.clusterId === clusterId && one.state === 'active')
      .reduce((sum, { block, held }) => sum + 2 ** (32 - block.prefix) - held, 0);
  }

  /**
   * Uses up so many addresses of a cluster: each of the first `ports` gets a port in the cluster, the others are only
   * reserved, which costs Neutron nothing.
   */
  async use(vpcId: string, clusterName: string, count: number, ports: number): Promise<string[]> {
    const clusterId = this.clusterIds.get(clusterName) ?? '';
    const { addresses } = this.rows.plan;
    const reservationId = newId();
    const got = await addresses.allocate({ reservationId, vpcId, clusterId, count });
    await this.rows.query(
      `UPDATE address SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY WHERE reservation_id = ?`,
      [reservationId],
    );
    const wanted = got.addresses.slice(0, ports);
    for (let from = 0; from < wanted.length; from += BULK) {
      const made = await this.makePorts(vpcId, clusterName, wanted.slice(from, from + BULK));
      await addresses.confirm(made.map((one) => ({ ...one, reservationId })));
    }
    return got.addresses.map(({ address }) => address);
  }

  private async makePorts(
    vpcId: string,
    clusterName: string,
    wanted: readonly { address: string; segmentId: string }[],
  ): Promise<{ address: string; portId: string }[]> {
    const access = this.main.target.clusters.find(({ name }) => name === clusterName);
    if (!access) throw new Error(`the target has no ${clusterName}`);
    const clusterId = this.clusterIds.get(clusterName);
    const places = await this.rows.query<{ id: string; subnet: string; network: string }>(
      `SELECT s.id, s.openstack_subnet_id AS subnet, w.openstack_id AS network
         FROM segment s JOIN cluster_vpc_network w ON w.vpc_id = s.vpc_id AND w.cluster_id = s.cluster_id
        WHERE s.vpc_id = ? AND s.cluster_id = ?`,
      [vpcId, clusterId],
    );
    const cloud = await RawCloud.login(access);
    const body = {
      ports: wanted.map(({ address, segmentId }) => {
        const place = places.find(({ id }) => id === segmentId);
        return {
          name: `it-${address}`,
          network_id: place?.network,
          fixed_ips: [{ subnet_id: place?.subnet, ip_address: address }],
        };
      }),
    };
    const { ports } = await cloud.must<{ ports: { id: string; fixed_ips: { ip_address: string }[] }[] }>(
      'network',
      'POST',
      '/v2.0/ports',
      { body },
    );
    return ports.map(({ id, fixed_ips: [ip] }) => ({ portId: id, address: ip?.ip_address ?? '' }));
  }

  /** Kills the conductor at the moment in which a task of this kind is at this step; false when none ever was. */
  private async killAt(kind: string, step: string, vpcId: string, seconds = 45): Promise<boolean> {
    for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
      const [task] = await this.rows.query<{ id: string; steps: string }>(
        `SELECT t.id FROM task t JOIN task_step s ON s.task_id = t.id
          WHERE t.kind = ? AND JSON_VALUE(t.input, '$.vpc_id') = ? AND s.name = ? AND s.status = 'running'
            AND t.status NOT IN ('succeeded', 'failed', 'cancelled') LIMIT 1`,
        [kind, vpcId, step],
      );
      if (!task) {
        await sleep(5);
        continue;
      }
      await this.main.ultron.signal(CONDUCTOR, 'SIGKILL');
      return true;
    }
    return false;
  }

  /** Deletes all ports that were made for the VPC, and gives their addresses back. */
  async clear(vpcId: string): Promise<void> {
    for (const access of this.main.target.clusters) await this.deletePorts(access.name, vpcId);
    const ids = await this.rows.query<{ id: string }>(
      `SELECT DISTINCT a.reservation_id AS id FROM address a JOIN segment s ON s.id = a.segment_id
        WHERE s.vpc_id = ? AND a.state IN ('reserved', 'bound')`,
      [vpcId],
    );
    await this.rows.plan.addresses.release(ids.map(({ id }) => id));
  }

  /** Deletes whatever there is of a VPC. */
  async remove(vpcId: string): Promise<void> {
    await this.clear(vpcId);
    const plan = await this.rows.plan.plans.get(this.rows.database.read, vpcId);
    for (const { id } of plan.subnets) await this.main.ended(await this.beginDeleteSubnet(id));
    const { task } = await this.main.ultron.must<{ task: { id: string } }>('DELETE', `/v1/vpcs/${vpcId}`);
    await this.main.ended(task.id);
  }

  async beginDeleteSubnet(id: string): Promise<string> {
    const { task } = await this.main.ultron.must<{ task: { id: string } }>('DELETE', `/v1/subnets/${id}`);
    return task.id;
  }

  private async deletePorts(clusterName: string, vpcId: string): Promise<void> {
    const access = this.main.target.clusters.find(({ name }) => name === clusterName);
    if (!access) return;
    const cloud = await RawCloud.login(access);
    const { networks } = await cloud.must<{ networks: { id: string }[] }>(
      'network',
      'GET',
      `/v2.0/networks?name=ultron-vpc-${vpcId}`,
    );
    for (const { id } of networks) {
      const { ports } = await cloud.must<{ ports: { id: string; name: string }[] }>(
        'network',
        'GET',
        `/v2.0/ports?network_id=${id}`,
      );
      for (const port of ports.filter(({ name }) => name.startsWith('it-')))
        await cloud.must('network', 'DELETE', `/v2.0/ports/${port.id}`);
    }
  }

  disagreements(vpcId: string): Promise<string[]> {
    return disagreements(this.rows, vpcId, this.main.target.clusters, this);
  }

  /** The cluster was given more segments than these. */
  async grown(vpcId: string, clusterId: string, than: number): Promise<void> {
    await eventually(
      `the cluster has more than ${than} segments`,
      async () => ((await this.states(vpcId, clusterId)).length > than ? true : undefined),
      { seconds: 120, everyMs: 300 },
    );
  }

  /** What is left of a VPC that was removed, in the rows and in the clusters. */
  async left(vpcId: string): Promise<string[]> {
    const left: string[] = [];
    for (const table of ['subnet', 'segment', 'cluster_subnet', 'cluster_vpc_network']) {
      const rows = await this.rows.query(`SELECT 1 FROM ${table} WHERE vpc_id = ?`, [vpcId]);
      if (rows.length > 0) left.push(`${rows.length} rows of ${table}`);
    }
    const vpcs = await this.rows.query('SELECT 1 FROM vpc WHERE id = ?', [vpcId]);
    if (vpcs.length > 0) left.push('the VPC');
    for (const access of this.main.target.clusters) {
      const cloud = await RawCloud.login(access);
      const { networks } = await cloud.must<{ networks: unknown[] }>(
        'network',
        'GET',
        `/v2.0/networks?name=ultron-vpc-${vpcId}`,
      );
      if (networks.length > 0) left.push(`${networks.length} networks in ${access.name}`);
      const { subnets } = await cloud.must<{ subnets: { name: string; description?: string }[] }>(
        'network',
        'GET',
        `/v2.0/subnets?project_id=${cloud.projectId}`,
      );
      const ours = subnets.filter(({ description }) => description?.includes(vpcId));
      if (ours.length > 0) left.push(`${ours.length} subnets in ${access.name}`);
    }
    return left;
  }

  /** Kills the conductor at each of these steps of tasks of a kind, one after another; tells at which it did. */
  async killAtEach(kind: string, steps: readonly string[], vpcId: string): Promise<string[]> {
    const killed: string[] = [];
    for (const step of steps) {
      const before = await this.main.ultron.pid(CONDUCTOR);
      if (!(await this.killAt(kind, step, vpcId))) continue;
      killed.push(step);
      await eventually('the conductor is started again', async () => {
        const pid = await this.main.ultron.pid(CONDUCTOR);
        return pid !== before ? true : undefined;
      });
    }
    return killed;
  }

  close(): Promise<void> {
    return this.rows.close();
  }
}
