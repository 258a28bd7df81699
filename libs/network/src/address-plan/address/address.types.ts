/** A request for addresses of a VPC in one cluster. */
export interface AllocationRequest {
  /** The caller's: asking again with it gives the addresses that it holds already. */
  reservationId: string;
  vpcId: string;
  clusterId: string;
  count: number;
  /** The fewest that are of use; without it all or none. */
  minCount?: number;
  /** Only addresses of this subnet. */
  subnetId?: string;
  /** These very addresses; there are `count` of them. */
  fixed?: readonly string[];
}

export interface AllocatedAddress {
  address: string;
  segmentId: string;
  subnetId: string;
}

export interface Allocation {
  reservationId: string;
  addresses: AllocatedAddress[];
  /** Free addresses that the cluster has left in the VPC: below its floor it is time for a supplement. */
  left: number;
}

/** An address and the port that has it now. */
export interface PortBinding {
  reservationId: string;
  address: string;
  portId: string;
}
