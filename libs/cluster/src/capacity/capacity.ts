/** How much of each of the three countable things; vCPUs after overcommit, MiB, GiB. */
export interface Dimensions {
  vcpus: number;
  ramMb: number;
  diskGb: number;
}

/** What a cluster has, what Nova or Placement say is in use, and what is promised but not yet seen in use. */
export interface Capacity {
  hosts: number;
  servers: number;
  total: Dimensions;
  used: Dimensions;
  promised: Dimensions & { servers: number };
  /** When the observation began, by the database's clock; null before the first one. */
  observedAt: Date | null;
}

/** One server's share of a cluster, kept until the cluster's own figures count it. */
export interface Reservation extends Dimensions {
  serverId: string;
  clusterId: string;
}
