import { formatBlock } from '@ultron/network/address-plan/block/block';
import { freeSlots } from '@ultron/network/address-plan/plan.facts';
import { subnetsPerVpc } from '@ultron/network/address-plan/pool/pool.rules';
import type { VpcPlan } from '@ultron/network/address-plan/vpc/vpc-plan.repository';
import type { Places } from './plan.reader.js';
import type { VpcBody } from './vpc.dto.js';

export function vpcView(plan: VpcPlan, places: Places): VpcBody {
  const total = subnetsPerVpc(plan.policy);
  const { keptFor } = freeSlots(plan, total);
  const idcIds = [...new Set([...plan.subnets.map(({ idcId }) => idcId), ...plan.idcIds])];
  return {
    id: plan.id,
    project_id: plan.projectId,
    name: plan.name,
    status: plan.deleting ? 'deleting' : 'active',
    cidr: formatBlock(plan.block),
    address_pool_id: plan.scopeId,
    realisation: plan.infra.realisation,
    sharing: plan.sharing,
    dhcp_ports: plan.infra.dhcpPorts,
    idcs: idcIds.map((id) => ({
      ...places.idc(id),
      subnets: plan.subnets.filter(({ idcId }) => idcId === id).length,
      kept: keptFor.includes(id),
    })),
    subnets_used: plan.subnets.length,
    subnets_total: total,
    version: plan.generation,
    created_at: plan.createdAt.toISOString(),
  };
}
