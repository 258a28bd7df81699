import type { Capacity, Dimensions } from '../capacity/capacity.js';
import type { ClusterState } from '../cluster/cluster.state.js';

export type PlacementPolicy = 'spread' | 'pack';

/** A thing the server needs that is known by one logical name, and the clusters that have it. */
export interface NeededResource {
  id: string;
  name: string;
  /** The ids of the clusters in which it is mapped. */
  clusters: ReadonlySet<string>;
}

export interface NeededFlavor extends Dimensions {
  id: string;
  name: string;
  /**
   * By cluster id: how many servers of this flavor fit on its hosts one by one at the last observation; null
   * where only the sums of the cluster are known. A cluster that is not in the map has no such flavor.
   */
  clusters: ReadonlyMap<string, { fits: number | null }>;
}

/** How many addresses of one kind a cluster has, and can come to have. */
export interface AddressRoom {
  /** Free where they can be had at once. */
  free: number;
  /** Free in what is being built in the cluster: a server waits for it. */
  coming: number;
  /** What the cluster can still be dealt. */
  replenishable: number;
  /** Clusters that name the same stock are dealt theirs from it: what one gets is lost for the others. */
  stock: string;
  /** Below so many free ones the cluster is about to be dealt more; preemptible servers leave these alone. */
  lowWater: number;
}

/** Addresses that each server needs, of one VPC or subnet. What they are is not the scheduler's business. */
export interface NeededAddresses {
  /** As people know them: `VPC prod`. */
  name: string;
  /** Of which they are taken: those of a subnet are also those of its VPC. */
  scopes: readonly string[];
  perServer: number;
  /** By cluster id. A cluster that is not in the map has none, and can be dealt none. */
  clusters: ReadonlyMap<string, AddressRoom>;
}

/** A server can be in one cluster only, because of something that it is to have. */
export interface Pin {
  clusterId: string;
  /** After "…: only there": `11.0.0.7 belongs to it`, `volume data lies in it`. */
  reason: string;
}

/** What is asked of the scheduler for one batch of equal servers. */
export interface PlacementRequest {
  /** The ids of the servers to place, one per server; when fewer fit (see `minCount`) the first ones are placed. */
  serverIds: readonly string[];
  /** Fewer than this is a refusal. Default: all of them. */
  minCount?: number;
  flavor: NeededFlavor;
  image?: NeededResource;
  networks?: readonly NeededResource[];
  securityGroups?: readonly NeededResource[];
  placement?: {
    /** Name or id. */
    idc?: string;
    /** Names or ids; only these are considered. */
    clusters?: readonly string[];
    policy?: PlacementPolicy;
  };
  /** Addresses that the scheduler has to find room for; those that were asked for one by one are pins instead. */
  addresses?: readonly NeededAddresses[];
  /**
   * By server id, for every server or for none: an address that was asked for, or a volume that exists, binds its
   * server to the cluster that has it.
   */
  pins?: ReadonlyMap<string, Pin>;
  /** The servers may be ended for others: they take no address below the low-water mark, and cause no supplement. */
  preemptible?: boolean;
  /** Names in `cluster_capability` that the cluster must have, e.g. `local_disk`. */
  capabilities?: readonly string[];
  /** Ids of clusters that were tried before and had no room after all. */
  exclude?: readonly string[];
}

/** All that a decision needs to know of a cluster. */
export interface ClusterFacts {
  id: string;
  name: string;
  idcId: string;
  idcName: string;
  /** The conductors that serve it: the task of a server placed here goes to this group's queue. */
  conductorGroup: string;
  state: ClusterState;
  probe: 'pending' | 'ok' | 'failed';
  reachable: boolean;
  unreachableSince: Date | null;
  capabilities: ReadonlySet<string>;
  /** Placements here that failed for want of room within the last minutes. */
  recentFailures: number;
  capacity: Capacity | null;
}

export const FILTERS = [
  'state',
  'probe',
  'reachable',
  'tried_before',
  'placement',
  'capability',
  'flavor',
  'image',
  'network',
  'security_group',
  'pin',
  'addresses',
  'capacity',
] as const;
export type FilterName = (typeof FILTERS)[number];

/** Why a cluster was not considered, in words and in the numbers that were compared. */
export interface Refusal {
  filter: FilterName;
  detail: string;
  numbers?: Record<string, number>;
}

export interface Weights {
  /** Least free share of vCPUs, RAM and disk: 1 is empty, 0 is full. */
  free_share: number;
  /** 1 without recent failures, less with each. */
  recent_failures: number;
  /** The share of the free addresses of all clusters in question that lies here; only where addresses are needed. */
  free_addresses?: number;
  /** What the policy makes of them; the batch is split by it. */
  total: number;
}

/** What was decided about one cluster; every cluster that is known has one. */
export interface ExplainedCluster {
  cluster_id: string;
  cluster: string;
  refused?: Refusal;
  weights?: Weights;
  /** How many servers of the flavor it could have taken. */
  room?: number;
  /** Of each kind of addresses that is needed, what it has. */
  addresses?: ExplainedAddresses[];
  /** Why servers can be here only; how many of them there are. */
  pinned?: { servers: number; reasons: string[] };
  chosen: number;
  /** How many of the chosen ones need addresses that are yet to be dealt to the cluster. */
  replenish?: number;
}

export interface ExplainedAddresses {
  of: string;
  free: number;
  coming: number;
  replenishable: number;
  /** What a server needs. */
  per_server: number;
}

/** The record that is kept with a decision and shown with a refusal. */
export interface Explain {
  count: number;
  min_count: number;
  policy: PlacementPolicy;
  flavor: string;
  /** Set when the servers may be ended for others: they leave the low water alone. */
  preemptible?: true;
  room: number;
  clusters: ExplainedCluster[];
}

export interface Assignment {
  serverId: string;
  clusterId: string;
  clusterName: string;
  conductorGroup: string;
}
