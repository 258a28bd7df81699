import {
  type Block,
  formatAddress,
  formatBlock,
  holds,
  overlaps,
} from '@ultron/network/address-plan/block/block';
import type { CompareContext, Seen } from '../compare/compare.facts.js';
import type { Verdict } from '../compare/compare.rules.js';
import type { Drift } from '../finding/finding.kinds.js';

/** A segment that a cluster has of a VPC. */
export interface PlanSegment {
  id: string;
  vpcId: string;
  projectId: string;
  /** Within it no address is given twice. */
  scopeId: string;
  block: Block;
  /** Nothing is being built or taken away. */
  settled: boolean;
}

/** An address of a port on a network of a VPC. */
export interface PortAddress {
  port: Seen;
  vpcId: string;
  address: bigint;
  text: string;
  /** The segment that holds it; null: none of the cluster does. */
  segment: PlanSegment | null;
  /** What the plan says of it; null: it is free. */
  held: { state: string } | null;
}

/** The last digits of an id of ours are random enough to tell two VPCs of a cluster apart. */
const VPC_DIGITS = 12;

/** An address is a subject by itself, within its VPC. */
export const addressSubject = (vpcId: string, text: string): Drift['subject'] => ({
  kind: 'address',
  id: `${text}@${vpcId.slice(-VPC_DIGITS)}`,
});

/** Whether the plan knows that the address is taken: the next server would get it otherwise. */
export function judgeAddress(one: PortAddress, context: CompareContext): Verdict {
  const { port, segment, held } = one;
  if (!segment || held) return { kind: 'judged', drifts: [] };
  if (!segment.settled || !maySpeak(port, context)) return { kind: 'abstain' };
  return {
    kind: 'judged',
    drifts: [
      {
        kind: 'address_in_use_but_free',
        subject: addressSubject(one.vpcId, one.text),
        projectId: segment.projectId,
        openstackId: port.openstackId,
        evidence: {
          address: one.text,
          vpc_id: one.vpcId,
          segment_id: segment.id,
          segment: formatBlock(segment.block),
          port: { id: port.openstackId, name: port.name, device_owner: port.fields['device_owner'] ?? null },
        },
        proposal: {
          action: 'take_address_out',
          what: `take ${formatAddress(segment.block.family, one.address)} out of what is handed out`,
        },
        shownAt: port.observedAt,
      },
    ],
  };
}

/** Whether a port that Ultron did not make sits on a network of a VPC. */
export function judgeForeignPort(
  port: Seen,
  vpc: { id: string; projectId: string },
  context: CompareContext,
): Verdict {
  if (isOfNetwork(port) || port.mark !== null) return { kind: 'judged', drifts: [] };
  if (!maySpeak(port, context)) return { kind: 'abstain' };
  return {
    kind: 'judged',
    drifts: [
      {
        kind: 'foreign_port_on_segment',
        subject: { kind: 'port', id: port.openstackId },
        projectId: vpc.projectId,
        openstackId: port.openstackId,
        evidence: {
          name: port.name,
          vpc_id: vpc.id,
          openstack_project_id: port.openstackProjectId,
          fixed_ips: port.fields['fixed_ips'] ?? [],
          device_owner: port.fields['device_owner'] ?? null,
          device_id: port.fields['device_id'] ?? null,
        },
        proposal: null,
        shownAt: port.observedAt,
      },
    ],
  };
}

/** Whether a subnet that Ultron did not make has addresses of a VPC. */
export function judgeOverlap(
  subnet: Seen,
  block: Block,
  vpcs: readonly { id: string; projectId: string; block: Block }[],
  context: CompareContext,
): Verdict {
  const hit = vpcs.filter((vpc) => overlaps(vpc.block, block));
  if (subnet.mark !== null || !hit.length) return { kind: 'judged', drifts: [] };
  if (!maySpeak(subnet, context)) return { kind: 'abstain' };
  return {
    kind: 'judged',
    drifts: [
      {
        kind: 'cidr_overlap',
        subject: { kind: 'subnet', id: subnet.openstackId },
        projectId: hit[0]?.projectId ?? null,
        openstackId: subnet.openstackId,
        evidence: {
          name: subnet.name,
          cidr: formatBlock(block),
          vpcs: hit.map((vpc) => ({ id: vpc.id, cidr: formatBlock(vpc.block) })),
          openstack_project_id: subnet.openstackProjectId,
        },
        proposal: null,
        shownAt: subnet.observedAt,
      },
    ],
  };
}

export const segmentOf = (
  segments: readonly PlanSegment[],
  vpcId: string,
  address: bigint,
): PlanSegment | null =>
  segments.find((segment) => segment.vpcId === vpcId && holds(segment.block, address)) ?? null;

/** DHCP, routers and the like. */
export const isOfNetwork = (port: Seen): boolean => {
  const owner = port.fields['device_owner'];
  return typeof owner === 'string' && owner.startsWith('network:');
};

function maySpeak(seen: Seen, { lane, now, graceMs }: CompareContext): boolean {
  if (seen.missing || seen.goneAt || lane.stale || lane.braked || lane.completeSince === null) return false;
  return now.getTime() - seen.firstSeenAt.getTime() >= graceMs;
}
