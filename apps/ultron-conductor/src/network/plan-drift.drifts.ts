import { formatBlock, type Block } from '@ultron/network/address-plan/block/block';
import { sameRanges } from '@ultron/network/realisation/allocation-pools.rules';
import type { ClusterSubnetRow } from '@ultron/network/realisation/realisation.repository';
import type { SubnetWire } from '@ultron/openstack/network/subnets.wire';
import type { Drift } from '@ultron/reconcile/finding/finding.kinds';
import { addressSubject } from '@ultron/reconcile/plan/plan.rules';
import type { SeenPort } from './segment-infra.js';

export const SUBNET_FIELDS = ['id', 'name', 'cidr', 'network_id', 'project_id', 'allocation_pools'] as const;

export type SeenSubnet = Pick<SubnetWire, (typeof SUBNET_FIELDS)[number]>;

/** Subnets of ours whose allocation pools are not as the plan has them. */
export function editedPools(own: readonly ClusterSubnetRow[], seen: readonly SeenSubnet[]): Drift[] {
  const byId = new Map(seen.map((subnet) => [subnet.id, subnet]));
  return own.flatMap((row) => {
    const subnet = byId.get(row.openstackId);
    if (!subnet || sameRanges(subnet.allocation_pools, row.allocationPools)) return [];
    return [
      {
        kind: 'address_pool_edited' as const,
        subject: { kind: 'subnet' as const, id: row.ownerId },
        projectId: null,
        openstackId: row.openstackId,
        evidence: { vpc_id: row.vpcId, intent: row.allocationPools, observed: subnet.allocation_pools },
        proposal: {
          action: 'restore_pool' as const,
          what: 'set the allocation pools as the plan has them',
        },
      },
    ];
  });
}

export function overlapDrift(
  subnet: SeenSubnet,
  hit: readonly { segmentId: string; vpcId: string; block: Block }[],
) {
  return {
    kind: 'cidr_overlap' as const,
    subject: { kind: 'subnet' as const, id: subnet.id },
    projectId: null,
    openstackId: subnet.id,
    evidence: {
      cidr: subnet.cidr,
      name: subnet.name,
      network_id: subnet.network_id,
      openstack_project_id: subnet.project_id,
      segments: hit.map(({ segmentId, vpcId, block }) => ({
        segment_id: segmentId,
        vpc_id: vpcId,
        cidr: formatBlock(block),
      })),
    },
    proposal: null,
  };
}

export function inUseDrift(port: SeenPort, address: string, vpcId: string): Drift {
  return {
    kind: 'address_in_use_but_free',
    subject: addressSubject(vpcId, address),
    projectId: null,
    openstackId: port.id,
    evidence: {
      address,
      vpc_id: vpcId,
      port: { id: port.id, name: port.name, device_owner: port.device_owner },
    },
    proposal: { action: 'take_address_out', what: `take ${address} out of what is handed out` },
  };
}

export function foreignDrift(port: SeenPort, address: string, vpcId: string): Drift {
  return {
    kind: 'foreign_port_on_segment',
    subject: { kind: 'port', id: port.id },
    projectId: null,
    openstackId: port.id,
    evidence: {
      vpc_id: vpcId,
      address,
      name: port.name,
      device_owner: port.device_owner,
      device_id: port.device_id,
      openstack_project_id: port.project_id,
    },
    proposal: null,
  };
}
