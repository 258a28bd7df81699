import type { SegmentSpec } from '@ultron/network/realisation/realisation.repository';

/** How what is built of a plan is found again. Names can be looked up by equality in every Neutron. */

export const vpcNetworkName = (vpcId: string): string => `ultron-vpc-${vpcId}`;

/** The id of what a Neutron subnet is made for: the segment, or the subnet of which the cluster has parts. */
export function ownerOf({ infra, segmentId, subnetId }: SegmentSpec): string {
  return infra.realisation === 'routed' ? segmentId : subnetId;
}

export function subnetMark(spec: SegmentSpec): string {
  const kind = spec.infra.realisation === 'routed' ? 'segment' : 'subnet';
  return `ultron-${kind}-${ownerOf(spec)}`;
}

export const planTag = (id: string): string => `ultron:id=${id}`;
