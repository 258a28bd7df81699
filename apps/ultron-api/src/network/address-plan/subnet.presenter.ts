import { formatBlock, sizeOf } from '@ultron/network/address-plan/block/block';
import { freeIn, type SegmentFacts } from '@ultron/network/address-plan/plan.facts';
import type { SegmentView } from '@ultron/network/address-plan/segment/segment-view.repository';
import { COMING, RETURNING } from '@ultron/network/address-plan/segment/segment.state';
import { subnetStatus } from '@ultron/network/address-plan/subnet/subnet.state';
import type { DealtSegment } from '@ultron/network/address-plan/supplement/supplement.outcome';
import type { PlannedSubnet, VpcPlan } from '@ultron/network/address-plan/vpc/vpc-plan.repository';
import type { Places } from './plan.reader.js';
import type { DealtBody, SegmentBody, SubnetBody } from './subnet.dto.js';

export function subnetView(vpc: VpcPlan, subnet: PlannedSubnet, places: Places): SubnetBody {
  const { segments } = subnet;
  const some = (has: (one: SegmentFacts) => boolean) => segments.filter(has);
  const free = (has: (one: SegmentFacts) => boolean) => some(has).reduce((sum, one) => sum + freeIn(one), 0);
  const isActive = ({ state }: SegmentFacts) => state === 'active';
  const isComing = ({ state }: SegmentFacts) => COMING.has(state);
  return {
    id: subnet.id,
    vpc_id: vpc.id,
    idc: places.idc(subnet.idcId),
    cidr: formatBlock(subnet.block),
    status: subnetStatus(
      subnet.deleting,
      segments.map(({ state }) => state),
    ),
    free: free(isActive),
    coming: free(isComing),
    segments: {
      active: some(isActive).length,
      building: some(isComing).length,
      error: some(({ state }) => state === 'error').length,
      returning: some(({ state }) => RETURNING.has(state)).length,
      spare: some(({ state }) => state === 'spare').length,
    },
    version: vpc.generation,
    created_at: subnet.createdAt.toISOString(),
  };
}

export function segmentView(segment: SegmentView): SegmentBody {
  const { clusterId, clusterName } = segment;
  return {
    id: segment.id,
    cidr: formatBlock(segment.block),
    state: segment.state,
    cluster: clusterId === null ? null : { id: clusterId, name: clusterName },
    size: Number(sizeOf(segment.block)),
    free: freeIn(segment),
    infra: segment.infra,
    reserved: segment.reserved,
    bound: segment.bound,
    cooling: segment.cooling,
    taken_out: segment.takenOut,
    fault: segment.fault,
    tries: segment.tries,
    retry_at: segment.retryAt?.toISOString() ?? null,
    task_id: segment.taskId,
    openstack_subnet_id: segment.openstackSubnetId,
    dealt_at: segment.dealtAt?.toISOString() ?? null,
  };
}

export function dealtView({ clusterId, cidr, subnetId }: DealtSegment, places: Places): DealtBody {
  return { cluster: places.cluster(clusterId), cidr, subnet_id: subnetId };
}
