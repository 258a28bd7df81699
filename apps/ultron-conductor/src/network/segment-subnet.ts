import { Fault } from '@ultron/kernel/fault';
import { formatAddress, formatBlock, overlaps, parseBlock } from '@ultron/network/address-plan/block/block';
import { dhcpRanges, usableRanges } from '@ultron/network/realisation/allocation-pools.rules';
import type { SegmentSpec } from '@ultron/network/realisation/realisation.repository';
import type { SubnetWire } from '@ultron/openstack/network/subnets.wire';
import { done, type StepResult } from '@ultron/tasks/saga/saga';
import { callOptions } from '../openstack/call-options.js';
import { clusterHas } from '../openstack/cluster-features.js';
import { ownerOf, planTag, subnetMark } from './plan-marks.rules.js';
import { settle, specOf, type SegmentStep } from './plan-step.js';
import type { PlanDeps } from './plan.deps.js';
import type { MadeNetwork } from './vpc-network.js';

export interface MadeSubnet {
  openstack_id: string;
  /** It was not there before this task. */
  made: boolean;
}

/** The Neutron subnet in which the segment is; made when it is not there. */
export async function ensureSubnet(
  step: SegmentStep<{ network: MadeNetwork }>,
): Promise<StepResult<MadeSubnet>> {
  const { deps, signal } = step;
  const spec = await specOf(step);
  const networkId = step.outputs.network.openstack_id;
  const known = await knownSubnet(deps, spec);
  const found = await findSubnet(deps, spec, networkId, known, signal);
  if (!found && step.inDoubt) return settle(`the subnet of segment ${spec.segmentId}`);
  const subnet = found ?? (await createSubnet(deps, spec, networkId, signal));
  if (await clusterHas(deps, spec.clusterId, 'port_tags')) {
    const { subnets } = (await deps.clouds.get(spec.clusterId)).network;
    await subnets.tags.add(subnet.id, planTag(ownerOf(spec)), callOptions(signal));
  }
  if (subnet.id === known) return done({ openstack_id: subnet.id, made: false });
  return done({ openstack_id: subnet.id, made: true }, (tx) =>
    deps.realisation.recordSubnet(tx, {
      ownerId: ownerOf(spec),
      clusterId: spec.clusterId,
      vpcId: spec.vpcId,
      subnetId: spec.subnetId,
      openstackId: subnet.id,
      openstackNetworkId: networkId,
      cidr: subnet.cidr,
      allocationPools: firstPools(spec),
    }),
  );
}

/** The recorded Neutron subnet. */
export async function knownSubnet(deps: PlanDeps, spec: SegmentSpec): Promise<string | null> {
  const rows = await deps.realisation.subnetsIn(deps.database.read, spec);
  return rows.find(({ ownerId }) => ownerId === ownerOf(spec))?.openstackId ?? null;
}

async function findSubnet(
  deps: PlanDeps,
  spec: SegmentSpec,
  networkId: string,
  known: string | null,
  signal: AbortSignal,
): Promise<SubnetWire | null> {
  const { subnets } = (await deps.clouds.get(spec.clusterId)).network;
  const seen = known === null ? null : await subnets.find(known, callOptions(signal));
  if (seen) return seen;
  const marked = await subnets.list({ name: subnetMark(spec), networkId }, callOptions(signal)).all();
  return marked[0] ?? null;
}

async function createSubnet(
  deps: PlanDeps,
  spec: SegmentSpec,
  networkId: string,
  signal: AbortSignal,
): Promise<SubnetWire> {
  await refuseOverlaps(deps, spec, signal);
  const { subnets } = (await deps.clouds.get(spec.clusterId)).network;
  const frame = frameOf(spec);
  const wanted = {
    network_id: networkId,
    ip_version: frame.family,
    cidr: formatBlock(frame),
    name: subnetMark(spec),
    description: `Segment ${formatBlock(spec.block)} of Ultron's VPC ${spec.vpcId}`,
    gateway_ip: formatAddress(frame.family, frame.base + 1n),
    enable_dhcp: spec.infra.dhcpPorts > 0,
    allocation_pools: firstPools(spec),
  };
  return subnets.create(wanted, callOptions(signal));
}

/**
 * At first only the addresses that are kept for DHCP and metadata ports: these take their addresses as soon as there is
 * a subnet, and not those that the plan hands out.
 */
function firstPools({ infra, subnetBlock, block }: SegmentSpec) {
  const kept = dhcpRanges(infra, subnetBlock, block);
  return kept.length > 0 ? kept : usableRanges(infra, subnetBlock, block);
}

export function frameOf({ infra, subnetBlock, block }: SegmentSpec) {
  return infra.realisation === 'routed' ? block : subnetBlock;
}

/**
 * An address is to exist once in a cluster: what is there already, whoever made it, is left alone and shown.
 * @throws Fault `segment_cidr_overlaps`
 */
async function refuseOverlaps(deps: PlanDeps, spec: SegmentSpec, signal: AbortSignal): Promise<void> {
  const { subnets } = (await deps.clouds.get(spec.clusterId)).network;
  const frame = frameOf(spec);
  const fields = ['id', 'name', 'cidr', 'network_id', 'project_id'] as const;
  const others: Pick<SubnetWire, (typeof fields)[number]>[] = [];
  for await (const page of subnets.list({ ipVersion: frame.family }, callOptions(signal), fields))
    others.push(...page.filter(({ cidr }) => overlaps(parseBlock(cidr, '/cidr'), frame)));
  if (others.length === 0) return;
  throw new Fault({
    code: 'segment_cidr_overlaps',
    category: 'conflict',
    detail: `${spec.clusterName} already has ${others.map(({ cidr, id }) => `${cidr} (subnet ${id})`).join(', ')}, which overlaps ${formatBlock(frame)}.`,
    retryable: false,
    whoCanFix: 'operator',
    extra: { overlaps: others },
  });
}
