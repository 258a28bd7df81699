import { Inject, Injectable } from '@nestjs/common';
import type { ClusterFacts } from '@ultron/cluster/scheduler/placement';
import { newId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import { AddressAllocation } from '../address-plan/address/address-allocation.js';
import { parseAddress, toBytes } from '../address-plan/block/block.js';
import { clusterNamed } from '../lifecycle/cluster-part.faults.js';
import { chooseCluster, requireCapabilities, type NetworkNeed } from '../lifecycle/cluster-choice.rules.js';
import { badField, badFields } from '../lifecycle/network.faults.js';
import { NetworkRepository } from '../network/network.repository.js';
import type { FixedIp } from './port.entity.js';
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
}

/** Finds a cluster for a port, and reserves its address in the plan. */
@Injectable()
export class PortPlacement {
  constructor(
    @Inject(PortPlaceRepository) private readonly places: PortPlaceRepository,
    @Inject(NetworkRepository) private readonly networks: NetworkRepository,
    @Inject(AddressAllocation) private readonly allocation: AddressAllocation,
  ) {}

  /** @throws Fault `invalid_body`, `network_no_cluster_fits`, `network_capability_missing`, and as `AddressAllocation`. */
  async place(
    tx: Transaction,
    wish: PlaceWish,
    clusters: readonly ClusterFacts[],
    needs: readonly NetworkNeed[],
  ): Promise<PortPlace> {
    const given = (['network', 'vpc', 'subnet'] as const).filter((name) => wish[name] !== undefined);
    if (given.length !== 1) {
      const pointer = `/${given[1] ?? 'subnet'}`;
      throw badFields([{ pointer, detail: 'a port is on one of these: `network`, `vpc` or `subnet`' }]);
    }
    if (wish.network !== undefined)
      return this.onNetwork(tx, { ...wish, network: wish.network }, clusters, needs);
    return this.inVpc(tx, wish, clusters, needs);
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
    return { cluster, networkId: network.id, ...none, fixedIps };
  }

  private async inVpc(
    tx: Transaction,
    wish: PlaceWish,
    clusters: readonly ClusterFacts[],
    needs: readonly NetworkNeed[],
  ): Promise<PortPlace> {
    const vpc = await this.vpcOf(tx, wish);
    const free = await this.places.freeByCluster(tx, vpc.id, wish.subnet ?? null);
    const pinned = await this.pinned(tx, vpc, wish);
    const candidates = free
      .filter(({ clusterId }) => pinned === null || clusterId === pinned)
      .map(({ clusterId, free: room }) => ({ clusterId, room }));
    const cluster = pick(wish, clusters, candidates, needs);
    const reservationId = newId();
    const [outcome] = await this.allocation.allocate(tx, [
      {
        reservationId,
        vpcId: vpc.id,
        clusterId: cluster.id,
        count: 1,
        ...(wish.subnet === undefined ? {} : { subnetId: wish.subnet }),
        ...(wish.fixedIp === undefined ? {} : { fixed: [wish.fixedIp] }),
      },
    ]);
    if (!outcome) throw new RangeError('every request has its outcome');
    if (!outcome.ok) throw outcome.error;
    const [address] = outcome.result.addresses;
    if (!address) throw new RangeError('an allocation of one has one address');
    const segment = await this.places.findSegment(tx, address.segmentId);
    return {
      cluster,
      networkId: null,
      vpcId: vpc.id,
      subnetId: address.subnetId,
      segmentId: address.segmentId,
      reservationId,
      fixedIps: [{ subnet_id: segment?.openstackSubnetId ?? '', ip_address: address.address }],
    };
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
