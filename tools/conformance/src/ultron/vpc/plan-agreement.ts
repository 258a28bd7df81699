import { formatAddress, formatBlock, lastOf } from '@ultron/network/address-plan/block/block';
import type { PlannedSubnet } from '@ultron/network/address-plan/vpc/vpc-plan.repository';
import type { SegmentRow } from '@ultron/network/address-plan/segment/segment.repository';
import {
  brokenInvariants,
  takeSnapshot,
  type Snapshot,
} from '@ultron/network/address-plan/testing/plan-invariants';
import {
  normalRanges,
  usableRanges,
  type AddressRange,
} from '@ultron/network/realisation/allocation-pools.rules';
import { RawCloud, type ClusterAccess } from '../../shape/raw-cloud.js';
import type { PlanDatabase } from './plan-database.js';

/** Neutron's own words, as far as they matter here. */
interface NetworkSeen {
  id: string;
  name: string;
}
interface SubnetSeen extends NetworkSeen {
  network_id: string;
  cidr: string;
  gateway_ip: string | null;
  allocation_pools: AddressRange[];
}
interface PortSeen {
  id: string;
  device_owner: string;
  fixed_ips: { subnet_id: string; ip_address: string }[];
}

/** The states in which a segment must be in its cluster exactly as was planned. */
const BUILT = new Set(['active']);
/** Those in which nothing at all of it may be there. */
const ABSENT = new Set(['spare', 'reserved', 'quarantined']);

export interface Whereabouts {
  clusterIds: ReadonlyMap<string, string>;
  idcId: string;
}

/** Everything in which Ultron's plan, its own rows and the Neutrons of the clusters do not agree; empty is as it should be. */
export async function disagreements(
  rows: PlanDatabase,
  vpcId: string,
  clusters: readonly ClusterAccess[],
  { clusterIds, idcId }: Whereabouts,
): Promise<string[]> {
  const snapshot = await takeSnapshot(rows.database.read, rows.plan.plans, vpcId);
  const idcOf = new Map([...clusterIds.values()].map((id) => [id, idcId]));
  const found = brokenInvariants(snapshot, idcOf);
  for (const access of clusters) {
    const clusterId = clusterIds.get(access.name) ?? '';
    found.push(
      ...(await inCluster(rows, snapshot, access, clusterId)).map((what) => `${access.name}: ${what}`),
    );
  }
  return found;
}

async function inCluster(
  rows: PlanDatabase,
  snapshot: Snapshot,
  access: ClusterAccess,
  clusterId: string,
): Promise<string[]> {
  const { plan } = snapshot;
  const cloud = await RawCloud.login(access);
  const name = `ultron-vpc-${plan.id}`;
  const { networks } = await cloud.must<{ networks: NetworkSeen[] }>(
    'network',
    'GET',
    `/v2.0/networks?name=${name}`,
  );
  const own = snapshot.segments.filter((segment) => segment.clusterId === clusterId);
  const built = own.filter(({ state }) => !ABSENT.has(state));
  if (networks.length > 1) return [`${networks.length} networks of the VPC`];
  const [network] = networks;
  if (!network) return built.some(({ state }) => BUILT.has(state)) ? ['no network of the VPC'] : [];
  const { subnets } = await cloud.must<{ subnets: SubnetSeen[] }>(
    'network',
    'GET',
    `/v2.0/subnets?network_id=${network.id}`,
  );
  const { ports } = await cloud.must<{ ports: PortSeen[] }>(
    'network',
    'GET',
    `/v2.0/ports?network_id=${network.id}`,
  );
  return [...subnetsAgree(snapshot, own, subnets), ...(await addressesAgree(rows, snapshot, own, ports))];
}

function subnetsAgree({ plan }: Snapshot, own: readonly SegmentRow[], seen: readonly SubnetSeen[]): string[] {
  const found: string[] = [];
  const expected = new Map<string, { cidr: string; gateway: string; pools: AddressRange[]; sure: boolean }>();
  for (const subnet of plan.subnets) {
    const segments = own.filter(({ subnetId, state }) => subnetId === subnet.id && !ABSENT.has(state));
    for (const segment of segments) {
      const routed = plan.infra.realisation === 'routed';
      const frame = routed ? segment.block : subnet.block;
      const mark = routed ? `ultron-segment-${segment.id}` : `ultron-subnet-${subnet.id}`;
      const before = expected.get(mark);
      expected.set(mark, {
        cidr: formatBlock(frame),
        gateway: formatAddress(frame.family, frame.base + 1n),
        pools: [...(before?.pools ?? []), ...poolsOf(plan.infra, subnet, segment)],
        sure: (before?.sure ?? true) && BUILT.has(segment.state),
      });
    }
  }
  for (const [mark, { cidr, gateway, pools, sure }] of expected) {
    const twins = seen.filter(({ name }) => name === mark);
    if (!sure) continue;
    if (twins.length !== 1) found.push(`${twins.length} subnets are called ${mark}`);
    const [one] = twins;
    if (!one) continue;
    if (one.cidr !== cidr) found.push(`${mark} has ${one.cidr}, not ${cidr}`);
    if (one.gateway_ip !== gateway) found.push(`${mark} has the gateway ${one.gateway_ip}, not ${gateway}`);
    const [is, should] = [textOf(one.allocation_pools), textOf(pools)];
    if (is !== should) found.push(`${mark} hands out ${is}, and not ${should}`);
  }
  const stray = seen.filter(({ name }) => !expected.has(name));
  found.push(...stray.map(({ name, cidr }) => `subnet ${name} (${cidr}) is nobody's`));
  return found;
}

function poolsOf(
  infra: Snapshot['plan']['infra'],
  subnet: PlannedSubnet,
  segment: SegmentRow,
): AddressRange[] {
  return usableRanges(infra, subnet.block, segment.block);
}

function textOf(pools: readonly AddressRange[]): string {
  return normalRanges(pools)
    .map(({ start, end }) => `${start}-${end}`)
    .join(' ');
}

/** Each port has an address that the plan knows to be taken, and each bound address has its port. */
async function addressesAgree(
  rows: PlanDatabase,
  { held, plan }: Snapshot,
  own: readonly SegmentRow[],
  ports: readonly PortSeen[],
): Promise<string[]> {
  const found: string[] = [];
  const segments = new Set(own.map(({ id }) => id));
  const here = held.filter(({ segmentId }) => segments.has(segmentId));
  const taken = new Map(here.map((row) => [formatAddress(plan.family, row.address), row.state]));
  const seen = new Map<string, string>();
  for (const port of ports) {
    for (const { ip_address: address } of port.fixed_ips) {
      const twin = seen.get(address);
      if (twin) found.push(`${address} is that of two ports, ${twin} and ${port.id}`);
      seen.set(address, port.id);
      const state = taken.get(address);
      if (state === undefined || state === 'cooling')
        found.push(
          `port ${port.id} (${port.device_owner}) has ${address}, which the plan calls ${state ?? 'free'}`,
        );
    }
  }
  const bound = await rows.query<{ address: string; port_id: string }>(
    `SELECT INET6_NTOA(a.address) AS address, a.port_id FROM address a JOIN segment s ON s.id = a.segment_id
      WHERE s.vpc_id = ? AND a.state = 'bound' AND s.id IN (?)`,
    [plan.id, segments.size > 0 ? [...segments] : ['']],
  );
  for (const { address, port_id: portId } of bound) {
    if (seen.get(address) !== portId)
      found.push(
        `${address} is bound to ${portId}, and the cluster gives it to ${seen.get(address) ?? 'nobody'}`,
      );
  }
  return found;
}

/** The number of addresses of the VPC that are in segments of its subnets: none is ever lost. */
export function addressesIn({ plan }: Snapshot): number {
  return plan.subnets.reduce((sum, { block }) => sum + Number(lastOf(block) - block.base + 1n), 0);
}
