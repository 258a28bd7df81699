import { Inject, Injectable } from '@nestjs/common';
import type { ClusterFacts } from '@ultron/cluster/scheduler/placement';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { TaskRef } from '@ultron/tasks/task/task.types';
import { AddressAllocation } from '../address-plan/address/address-allocation.js';
import type { AllocatedAddress, AllocationRequest } from '../address-plan/address/address.types.js';
import { parseAddress, toBytes } from '../address-plan/block/block.js';
import type { PlanRoom } from '../address-plan/usage/plan-room.rules.js';
import { clusterNamed } from '../lifecycle/cluster-part.faults.js';
import { chooseCluster, requireCapabilities, type NetworkNeed } from '../lifecycle/cluster-choice.rules.js';
import { badField, badFields } from '../lifecycle/network.faults.js';
import type { NetworkOrigin } from '../lifecycle/network-task.js';
import { NetworkRepository } from '../network/network.repository.js';
import type { PlanOrigin } from '../realisation/segment-tasks.js';
import type { FixedIp } from './port.entity.js';
import { PortSupply } from './port-supply.js';
import { PortPlaceRepository, type PlaceVpc } from './port-place.repository.js';

/** Where a port is wished to be. */
export interface PlaceWish {
  projectId: string;
  /** One of the three: a logical network, a VPC, or a subnet of one; by name or id, a subnet by id. */
  network?: string | undefined;
  vpc?: string | undefined;
  subnet?: string | undefined;
  /** By name or id; chosen when it is not given. */
  cluster?: string | undefined;
  /** This very address. */
  fixedIp?: string | undefined;
}

/** Where it will be, with its address reserved. */
export interface PortPlace {
  cluster: ClusterFacts;
  networkId: string | null;
  vpcId: string | null;
  subnetId: string | null;
  segmentId: string | null;
  reservationId: string | null;
  fixedIps: FixedIp[];
  /** Tasks that build addresses for it, to be rung after the commit. */
  ring: TaskRef[];
}

/** Finds a cluster for a port, and reserves its address in the plan. */
@Injectable()
export class PortPlacement {
  constructor(
    @Inject(PortPlaceRepository) private readonly places: PortPlaceRepository,
    @Inject(NetworkRepository) private readonly networks: NetworkRepository,
    @Inject(AddressAllocation) private readonly allocation: AddressAllocation,
    @Inject(PortSupply) private readonly supply: PortSupply,
  ) {}

  /** @throws Fault `invalid_body`, `network_no_cluster_fits`, `network_capability_missing`, and as `AddressAllocation`. */
  async place(
    tx: Transaction,
    wish: PlaceWish,
    clusters: readonly ClusterFacts[],
    needs: readonly NetworkNeed[],
    origin: Pick<NetworkOrigin, 'traceId' | 'traceparent'>,
  ): Promise<PortPlace> {
    const given = (['network', 'vpc', 'subnet'] as const).filter((name) => wish[name] !== undefined);
    if (given.length !== 1) {
      const pointer = `/${given[1] ?? 'subnet'}`;
      throw badFields([{ pointer, detail: 'a port is on one of these: `network`, `vpc` or `subnet`' }]);
    }
    if (wish.network !== undefined)
      return this.onNetwork(tx, { ...wish, network: wish.network }, clusters, needs);
    return this.inVpc(tx, wish, clusters, needs, origin);
  }

  private async onNetwork(
    tx: Transaction,
    wish: PlaceWish & { network: string },
    clusters: readonly ClusterFacts[],
    needs: readonly NetworkNeed[],
  ): Promise<PortPlace> {
    const network = await this.networks.find(tx, wish.network);
    if (!network) throw badFields([{ pointer: '/network', detail: `there is no network '${wish.network}'` }]);
    const shown = await this.networks.listClusterNetworks(tx, network.id);
    // How many addresses such a network has is not known here: the clusters are alike.
    const candidates = shown.map(({ clusterId }) => ({ clusterId, room: 1 }));
    const cluster = pick(wish, clusters, candidates, needs);
    if (wish.fixedIp !== undefined) parseAddress(wish.fixedIp, '/fixed_ip');
    const fixedIps = wish.fixedIp === undefined ? [] : [{ subnet_id: '', ip_address: wish.fixedIp }];
    const none = { vpcId: null, subnetId: null, segmentId: null, reservationId: null };
    return { cluster, networkId: network.id, ...none, fixedIps, ring: [] };
  }

  private async inVpc(
    tx: Transaction,
    wish: PlaceWish,
    clusters: readonly ClusterFacts[],
    needs: readonly NetworkNeed[],
    { traceId, traceparent }: Pick<NetworkOrigin, 'traceId' | 'traceparent'>,
  ): Promise<PortPlace> {
    const vpc = await this.vpcOf(tx, wish);
    const named = clusters.find(({ id, name }) => id === wish.cluster || name === wish.cluster);
    const supplied = { vpcId: vpc.id, subnetId: wish.subnet, clusterId: named?.id };
    const rooms = await this.supply.roomsOf(tx, supplied);
    const pinned = await this.pinned(tx, vpc, wish);
    const candidates = rooms
      .filter(({ clusterId }) => pinned === null || clusterId === pinned)
      .map((room) => ({ clusterId: room.clusterId, room: pinned === null ? weightOf(room) : 1 }));
    const cluster = pick(wish, clusters, candidates, needs);
    const room = rooms.find(({ clusterId }) => clusterId === cluster.id);
    const reservationId = newId();
    const request: AllocationRequest = {
      reservationId,
      vpcId: vpc.id,
      clusterId: cluster.id,
      count: 1,
      ...(wish.subnet === undefined ? {} : { subnetId: wish.subnet }),
      ...(wish.fixedIp === undefined ? { coming: true } : { fixed: [wish.fixedIp] }),
    };
    const { address, ring } = await this.takeAddress(tx, request, room, {
      projectId: wish.projectId,
      traceId,
      traceparent,
    });
    const segment = await this.places.findSegment(tx, address.segmentId);
    return {
      cluster,
      networkId: null,
      vpcId: vpc.id,
      subnetId: address.subnetId,
      segmentId: address.segmentId,
      reservationId,
      fixedIps: [{ subnet_id: segment?.openstackSubnetId ?? '', ip_address: address.address }],
      ring,
    };
  }

  /** Has the cluster supplemented when it has nothing to hand out: nobody is refused while something is spare. */
  private async takeAddress(
    tx: Transaction,
    request: AllocationRequest,
    room: PlanRoom | undefined,
    origin: PlanOrigin,
  ): Promise<{ address: AllocatedAddress; ring: TaskRef[] }> {
    const empty = room !== undefined && room.free + room.coming <= 0 && request.fixed === undefined;
    const ring = empty ? await this.supply.replenish(tx, request, room.idcId, origin) : [];
    const first = await this.allocate(tx, request);
    if (!(first instanceof Fault)) return { address: first, ring };
    // Others were faster since the rooms were looked at.
    const late = !empty && room !== undefined && first.code === 'cluster_addresses_exhausted';
    if (!late) throw first;
    const more = await this.supply.replenish(tx, request, room.idcId, origin);
    const second = await this.allocate(tx, request);
    if (second instanceof Fault) throw second;
    return { address: second, ring: more };
  }

  private async allocate(tx: Transaction, request: AllocationRequest): Promise<AllocatedAddress | Fault> {
    const [outcome] = await this.allocation.allocate(tx, [request]);
    if (outcome && !outcome.ok) {
      if (outcome.error instanceof Fault) return outcome.error;
      throw outcome.error;
    }
    const [address] = outcome?.result.addresses ?? [];
    if (!address) throw new RangeError('an allocation of one has one address');
    return address;
  }

  private async vpcOf(tx: Transaction, { projectId, vpc, subnet }: PlaceWish): Promise<PlaceVpc> {
    if (subnet !== undefined) {
      const found = await this.places.findVpcOfSubnet(tx, subnet);
      if (found?.projectId === projectId) return found;
      throw badFields([{ pointer: '/subnet', detail: `there is no subnet ${subnet} in the project` }]);
    }
    const [found, another] = await this.places.findVpcs(tx, vpc ?? '', projectId);
    if (!found) throw badFields([{ pointer: '/vpc', detail: `there is no VPC '${vpc}' in the project` }]);
    if (another)
      throw badFields([{ pointer: '/vpc', detail: `several VPCs are named '${vpc}': give the id` }]);
    return found;
  }

  /** The cluster to which a wished address belongs. */
  private async pinned(
    tx: Transaction,
    vpc: PlaceVpc,
    { fixedIp, cluster }: PlaceWish,
  ): Promise<string | null> {
    if (fixedIp === undefined) return null;
    const { family, address } = parseAddress(fixedIp, '/fixed_ip');
    const clusterId = await this.places.clusterOf(tx, vpc.id, toBytes(family, address));
    if (clusterId !== null || cluster !== undefined) return clusterId;
    throw badField(
      'fixed_address_outside',
      '/fixed_ip',
      `${fixedIp} lies in no segment that a cluster has of VPC ${vpc.name}`,
    );
  }
}

/** Addresses that are there count for more than those that have to be built first. */
const weightOf = ({ free, coming, replenishable }: PlanRoom): number =>
  1_000_000 * Math.max(0, free) + 1_000 * Math.max(0, coming) + Math.max(0, replenishable);

/** The named cluster, which must do; else the best one. */
function pick(
  wish: PlaceWish,
  clusters: readonly ClusterFacts[],
  candidates: readonly { clusterId: string; room: number }[],
  needs: readonly NetworkNeed[],
): ClusterFacts {
  if (wish.cluster === undefined) return chooseCluster(clusters, candidates, needs);
  const named = clusterNamed(clusters, wish.cluster, '/cluster');
  requireCapabilities(named, needs);
  if (wish.fixedIp !== undefined && !candidates.some(({ clusterId }) => clusterId === named.id)) {
    throw badField(
      'fixed_address_outside',
      '/fixed_ip',
      `${wish.fixedIp} lies in no segment that ${named.name} has of the VPC`,
    );
  }
  return chooseCluster([named], candidates, needs);
}
