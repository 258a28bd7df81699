import type { SegmentState } from '../segment/segment.state.js';

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
  /** Also addresses of segments that are being built: they are of use once their segment is active. */
  coming?: boolean;
  /** For servers that may be taken away again: such a request never brings the cluster below its low-water mark. */
  preemptible?: boolean;
}

export interface AllocatedAddress {
  address: string;
  segmentId: string;
  subnetId: string;
  /** Of the segment, when the address was handed out: `active`, or `reserved` or `creating` where asked for. */
  segmentState: SegmentState;
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
