import { newId } from '@ultron/kernel/id';
import type { Realisation } from '@ultron/network/address-plan/segment/infra.rules';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { takenOut, type PlanWorld } from './plan-world.fixture.js';

/** All that there is of a VPC, in its cluster and in the tables. */
export interface PlanSnapshot {
  networks: string[];
  subnets: { name: string; cidr: string; gateway: string | null; pools: string; network: string }[];
  segments: { state: string; fault: string | null; openstackSubnetId: string | null; retries: boolean }[];
  networkRows: (string | null)[];
  subnetRows: { openstackId: string; pools: string }[];
}

export async function planSnapshot(world: PlanWorld, vpcId: string): Promise<PlanSnapshot> {
  const read = world.database.read;
  const { network } = world.simulator.control.cluster(world.simulator.control.clusterNames()[0] ?? '');
  const networks = [...network.networks.values()].filter(({ name }) => name === `ultron-vpc-${vpcId}`);
  const ids = new Set(networks.map(({ id }) => id));
  const query = <Row>(sql: string) => read.query<Row[]>(sql, [vpcId]);
  const segments = await query<{
    state: string;
    fault: { code: string } | null;
    sub: string | null;
    retries: number;
  }>(
    `SELECT state, fault, openstack_subnet_id AS sub, retry_at IS NOT NULL AS retries FROM segment
      WHERE vpc_id = ? AND state <> 'spare' ORDER BY base`,
  );
  const networkRows = await query<{ id: string | null }>(
    'SELECT openstack_id AS id FROM cluster_vpc_network WHERE vpc_id = ?',
  );
  const subnetRows = await query<{ id: string; pools: unknown }>(
    'SELECT openstack_id AS id, allocation_pools AS pools FROM cluster_subnet WHERE vpc_id = ?',
  );
  return {
    networks: [...ids],
    subnets: [...network.subnets.values()]
      .filter((row) => ids.has(row.network_id) || row.name.startsWith('ultron-'))
      .filter((row) => ids.has(row.network_id))
      .map((row) => ({
        name: row.name,
        cidr: row.cidr,
        gateway: row.gateway_ip,
        pools: poolText(row.allocation_pools),
        network: row.network_id,
      })),
    segments: segments.map((row) => ({
      state: row.state,
      fault: row.fault?.code ?? null,
      openstackSubnetId: row.sub,
      retries: Number(row.retries) === 1,
    })),
    networkRows: networkRows.map(({ id }) => id),
    subnetRows: subnetRows.map((row) => ({
      openstackId: row.id,
      pools: poolText(row.pools as { start: string; end: string }[]),
    })),
  };
}

function poolText(pools: readonly { start: string; end: string }[]): string {
  return pools.map(({ start, end }) => `${start}-${end}`).join(' ');
}

/** A planned segment, in the only cluster of the world, and the task that builds it, not yet written. */
export async function begunBuild(
  world: PlanWorld,
  realisation: Realisation,
): Promise<{ vpcId: string; task: NewTask }> {
  const vpcId = await world.addVpc(realisation);
  const [clusterId] = world.clusterIds;
  const subnetId = newId();
  const { dealt } = await world.plan.plan.createSubnet({
    id: subnetId,
    vpcId,
    idcId: world.idcId,
    clusterIds: [clusterId ?? ''],
  });
  const resource = { kind: 'subnet', id: subnetId } as const;
  const task = await takenOut(world, (tx) =>
    world.segmentTasks.change(tx, {
      kind: 'subnet.create',
      vpcId,
      resource,
      build: dealt,
      origin: world.origin(),
    }),
  );
  return { vpcId, task };
}
