import { sizeOf, type Block } from './block/block.js';
import type { InfraPolicy } from './segment/infra.rules.js';
import type { PrefixPolicy } from './pool/pool.rules.js';
import { COMING, RETURNING, type SegmentState } from './segment/segment.state.js';

/** What the rules know of a segment. */
export interface SegmentFacts {
  id: string;
  subnetId: string;
  block: Block;
  state: SegmentState;
  clusterId: string | null;
  /** Addresses that have a row: infra, reserved, bound and cooling ones. */
  held: number;
  /** Those of them that the network itself needs. */
  infra: number;
  /** Seconds since it was dealt to its cluster. */
  dealtS?: number | null;
  /** Addresses handed out per second as of `usedS` seconds ago; see `rate.rules.ts`. */
  rate?: number;
  usedS?: number | null;
}

export interface SubnetFacts {
  id: string;
  idcId: string;
  /** The place of the subnet in its VPC, from 0. */
  slot: number;
  block: Block;
  /** It is being taken down: nothing of it is dealt out any more. */
  deleting?: boolean;
  segments: SegmentFacts[];
}

/** A VPC with all its subnets, as one transaction sees them. */
export interface VpcFacts {
  id: string;
  block: Block;
  policy: PrefixPolicy;
  infra: InfraPolicy;
  /** IDCs that the VPC is meant for: each keeps the place of its first subnet. */
  idcIds: string[];
  subnets: SubnetFacts[];
}

export function freeIn(segment: SegmentFacts): number {
  return Number(sizeOf(segment.block)) - segment.held;
}

/** Nothing but the addresses of the network itself is held. */
export function isEmpty(segment: SegmentFacts): boolean {
  return segment.held === segment.infra;
}

/** It will be spare in a moment: nothing that is held keeps it where it is. */
export function comesBack(segment: SegmentFacts): boolean {
  return RETURNING.has(segment.state) && isEmpty(segment);
}

export interface Room {
  /** Free addresses in active segments. */
  free: number;
  /** Those of segments that are being built. */
  coming: number;
}

export function roomOf(segments: readonly SegmentFacts[], clusterId: string): Room {
  const own = segments.filter((segment) => segment.clusterId === clusterId);
  const sum = (some: readonly SegmentFacts[]) => some.reduce((total, one) => total + freeIn(one), 0);
  return {
    free: sum(own.filter(({ state }) => state === 'active')),
    coming: sum(own.filter(({ state }) => COMING.has(state))),
  };
}

export function segmentsIn(vpc: VpcFacts, idcId: string): SegmentFacts[] {
  return vpc.subnets.filter((subnet) => subnet.idcId === idcId).flatMap(({ segments }) => segments);
}

/** The VPC as if it had only this subnet. */
export function withinSubnet<V extends VpcFacts>(vpc: V, subnetId: string): V {
  return { ...vpc, subnets: vpc.subnets.filter(({ id }) => id === subnetId) };
}

/** The subnets of the IDC of which something may be dealt out. */
export function openSubnets<S extends SubnetFacts>(vpc: { subnets: S[] }, idcId: string): S[] {
  return vpc.subnets.filter((subnet) => subnet.idcId === idcId && subnet.deleting !== true);
}

/** The slots of the VPC that have no subnet, and how many of them are kept for IDCs that have none yet. */
export function freeSlots(vpc: VpcFacts, slots: number): { free: number[]; keptFor: string[] } {
  const taken = new Set(vpc.subnets.map(({ slot }) => slot));
  const served = new Set(vpc.subnets.map(({ idcId }) => idcId));
  return {
    free: Array.from({ length: slots }, (_, slot) => slot).filter((slot) => !taken.has(slot)),
    keptFor: vpc.idcIds.filter((idcId) => !served.has(idcId)),
  };
}
