import type { BelowFloor, SupplementAnswer } from './supplement.rules.js';

/** A segment that was dealt to a cluster and is now to be built there. */
export interface DealtSegment {
  segmentId: string;
  subnetId: string;
  clusterId: string;
  cidr: string;
}

/** Where addresses of the VPC are that the cluster cannot have at present. */
export interface FreeElsewhere {
  idcId: string;
  clusterId: string;
  free: number;
}

export interface SupplementOutcome {
  kind: SupplementAnswer['kind'];
  dealt: DealtSegment[];
  /** The subnet that was made. */
  subnetId: string | null;
  /** Segments that their clusters now give up. */
  draining: string[];
  /** Addresses of the need that are not in sight. */
  short: number;
  belowFloor: BelowFloor[];
  freeElsewhere: FreeElsewhere[];
  /** IDCs for whose first subnet a slot is kept. */
  keptFor: string[];
}
