import { newId } from '@ultron/kernel/id';
import { brokenInvariants, takeSnapshot } from '@ultron/network/address-plan/testing/plan-invariants';
import type { Realisation } from '@ultron/network/address-plan/segment/infra.rules';
import type { ComputeWorld } from './compute-world.fixture.js';
import { portNames } from './owner-mark.rules.js';

export interface BuiltVpc {
  vpcId: string;
  subnetId: string;
  idcId: string;
}

let pools = 0;

/** A VPC with a subnet on all clusters of the world, built by a conductor that is gone again. */
export async function builtVpc(world: ComputeWorld, realisation: Realisation = 'routed'): Promise<BuiltVpc> {
  const { plan, segmentTasks } = world.parts;
  const [vpcId, subnetId, poolId] = [newId(), newId(), newId()];
  const [cluster] = await world.database.read.query<{ idc_id: string }[]>(
    'SELECT idc_id FROM cluster LIMIT 1',
  );
  const idcId = cluster?.idc_id ?? '';
  await plan.plan.createPool({ id: poolId, name: poolId, cidr: `11.${pools++}.0.0/16` });
  const { projectId } = world;
  await plan.plan.createVpc({
    id: vpcId,
    poolId,
    projectId,
    name: `prod-${pools}`,
    idcIds: [idcId],
    realisation,
  });
  const clusterIds = [...world.clusterIds.values()];
  const { dealt } = await plan.plan.createSubnet({ id: subnetId, vpcId, idcId, clusterIds });
  const resource = { kind: 'subnet', id: subnetId } as const;
  const work = await world.database.transaction((tx) =>
    segmentTasks.change(tx, {
      ...{ kind: 'subnet.create', vpcId, resource, build: dealt, origin: world.origin() },
    }),
  );
  if (!work) throw new Error('nothing was planned');
  const engine = await world.conduct();
  world.tasks.ring(work.ring);
  const ended = await world.ended(work.task.id, 60_000);
  await engine.stop();
  if (ended.status !== 'succeeded') throw new Error(`the subnet was not built: ${ended.error?.detail}`);
  return { vpcId, subnetId, idcId };
}

/** A server's addresses: what its rows, the plan and the clusters say of them. */
export interface AddressesOf {
  rows: { address: string | null; state: string | null; own: boolean }[];
  /** Of its ports, the addresses in VPCs and the servers they are at. */
  ports: { ip: string; deviceId: string }[];
}

export async function addressesOf(world: ComputeWorld, serverId: string): Promise<AddressesOf> {
  const rows = await world.database.read.query<
    { address: string | null; state: string | null; portId: string | null }[]
  >(
    `SELECT n.address, a.state, a.port_id AS portId FROM server_nic n
       LEFT JOIN address a ON a.reservation_id = n.reservation_id
      WHERE n.server_id = ? AND n.vpc_id IS NOT NULL ORDER BY n.position`,
    [serverId],
  );
  const names = portNames(serverId, 8);
  const ports = world.simulator.control
    .clusterNames()
    .flatMap((name) => world.simulator.control.state(name).ports.filter((port) => names.includes(port.name)));
  return {
    rows: rows.map(({ address, state, portId }) => ({
      address,
      state,
      own: portId !== null && ports.some(({ id }) => id === portId),
    })),
    ports: ports
      .map((port) => ({ ip: port.fixed_ips[0]?.ip_address ?? '', deviceId: port.device_id }))
      .filter(({ ip }) => ip.startsWith('11.')),
  };
}

/** What is wrong with the plan, or between it and the ports that the clusters have. */
export async function discordsOf(world: ComputeWorld, vpcId: string): Promise<string[]> {
  const { read } = world.database;
  const clusters = await read.query<{ id: string; idc_id: string }[]>('SELECT id, idc_id FROM cluster');
  const idcOf = new Map(clusters.map((one) => [one.id, one.idc_id]));
  const broken = brokenInvariants(await takeSnapshot(read, world.parts.plan.plans, vpcId), idcOf);
  const bound = await read.query<{ portId: string; serverId: string | null }[]>(
    `SELECT a.port_id AS portId, n.server_id AS serverId FROM address a JOIN segment g ON g.id = a.segment_id
       LEFT JOIN server_nic n ON n.reservation_id = a.reservation_id
      WHERE g.vpc_id = ? AND a.state = 'bound'`,
    [vpcId],
  );
  const networks = await read.query<{ id: string }[]>(
    'SELECT openstack_id AS id FROM cluster_vpc_network WHERE vpc_id = ?',
    [vpcId],
  );
  const ports = world.simulator.control
    .clusterNames()
    .flatMap((name) => world.simulator.control.state(name).ports)
    .filter(({ network_id }) => networks.some(({ id }) => id === network_id))
    .filter(({ name }) => name.startsWith('ultron-'));
  const known = new Set(bound.map(({ portId }) => portId));
  const seen = new Set(ports.map(({ id }) => id));
  const twice = ports.length - new Set(ports.map(({ fixed_ips }) => fixed_ips[0]?.ip_address)).size;
  return [
    ...broken,
    ...bound.filter(({ portId }) => !seen.has(portId)).map(({ portId }) => `port ${portId} is lost`),
    ...bound.filter(({ serverId }) => serverId === null).map(({ portId }) => `${portId} is nobody's`),
    ...ports.filter(({ id }) => !known.has(id)).map(({ name }) => `${name} has an address that is not bound`),
    ...(twice > 0 ? [`${twice} addresses are given twice`] : []),
  ];
}
