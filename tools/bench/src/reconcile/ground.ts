import type { Pool, RowDataPacket } from 'mysql2/promise';
import type { BenchInstance } from '../instance/bench-instance.js';
import { EACH, LIVING, type OwnServer, type OwnSubnet } from './drifts.js';

const NAMES = { flavor: 'm1.tiny', image: 'cirros', network: 'private' };
/** Servers that nobody touches: a repair of one of them is a false one. */
const UNTOUCHED = 2;
const DEAD = Math.max(EACH.stale, 2);

/** Servers of Ultron's in one cluster, made for the sabotage. */
export interface Own {
  living: OwnServer[];
  dead: string[];
}

/** Makes, as projects do, what is then made wrong: a VPC, and servers in every cluster. */
export class Ground {
  constructor(
    private readonly instance: BenchInstance,
    private readonly database: Pool,
  ) {}

  /** A VPC with a segment in every cluster; by the name of the cluster. */
  async makeVpc(): Promise<Map<string, OwnSubnet>> {
    const { api } = this.instance;
    const prefixes = { vpc_prefix: 16, subnet_prefix: 18, segment_prefix: 24 };
    await api.post('/v1/address_pools', { name: 'drift', cidr: '11.0.0.0/8', ...prefixes });
    const [idc] = await this.query<{ name: string }>('SELECT name FROM idc LIMIT 1');
    const vpc = await api.post<{ id: string }>('/v1/vpcs', {
      name: 'drift',
      address_pool: 'drift',
      idcs: [idc?.name],
    });
    const { task } = await api.post<{ task: { id: string } }>(`/v1/vpcs/${vpc.id}/subnets`, {
      idc: idc?.name,
    });
    await this.ended(task.id);
    const rows = await this.query<OwnSubnet & { cluster: string }>(
      `SELECT c.name AS cluster, s.vpc_id AS vpcId, s.owner_id AS ownerId, s.openstack_network_id AS networkId,
              s.openstack_id AS subnetId FROM cluster_subnet s JOIN cluster c ON c.id = s.cluster_id`,
    );
    return new Map(rows.map(({ cluster, ...subnet }) => [cluster, subnet]));
  }

  async makeServers(): Promise<Map<string, Own>> {
    const count = LIVING + EACH.duplicate + UNTOUCHED + DEAD;
    const own = new Map<string, Own>();
    const names = this.instance.clusters.map(({ name }) => name);
    const worker = async (): Promise<void> => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) {
        const ids = await this.create(name, count);
        const dead = ids.splice(0, DEAD);
        for (const id of dead) await this.ended(await this.deletion(id));
        own.set(name, { living: await this.rowsOf(ids), dead });
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    return own;
  }

  private async create(cluster: string, count: number): Promise<string[]> {
    const body = {
      name: `own-${cluster}`,
      count,
      ...NAMES,
      security_groups: ['default'],
      placement: { clusters: [cluster] },
    };
    const made = await patiently(() =>
      this.instance.api.post<{ servers: { id: string }[]; task: { id: string } }>('/v1/servers', body),
    );
    await this.ended(made.task.id);
    return made.servers.map(({ id }) => id);
  }

  private async deletion(id: string): Promise<string> {
    const deleted = await patiently(() =>
      this.instance.api.delete<{ task: { id: string } }>(`/v1/servers/${id}`),
    );
    return deleted.task.id;
  }

  private async ended(id: string): Promise<void> {
    for (;;) {
      const task = await patiently(() =>
        this.instance.api.get<{ status: string }>(`/v1/tasks/${id}?wait=30s`),
      );
      if (task.status === 'succeeded') return;
      if (['failed', 'cancelled', 'stuck'].includes(task.status))
        throw new Error(`task ${id} ${task.status}`);
    }
  }

  private async rowsOf(ids: readonly string[]): Promise<OwnServer[]> {
    return this.query<OwnServer>(
      `SELECT s.id, s.openstack_id AS openstackId, s.name, p.id AS portRowId, p.openstack_id AS portId
       FROM server s JOIN port p ON p.server_id = s.id AND p.deleted_at IS NULL WHERE s.id IN (?) ORDER BY s.id`,
      [ids],
    );
  }

  private async query<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const [rows] = await this.database.query<RowDataPacket[]>(sql, [...values]);
    return rows as Row[];
  }
}

/** A machine that is busy with other things as well may answer 503 for a moment. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 10 || !/ answered with 503/.test(String(error))) throw error;
      await pause(1_000);
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
