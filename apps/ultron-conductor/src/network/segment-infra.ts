import { formatAddress, holds, parseAddress } from '@ultron/network/address-plan/block/block';
import type { AddressPurpose } from '@ultron/network/address-plan/address/address.state';
import { infraOf } from '@ultron/network/address-plan/segment/infra.rules';
import type { SegmentSpec } from '@ultron/network/realisation/realisation.repository';
import { DEVICE_OWNERS, isInfrastructureOwner } from '@ultron/openstack/network/device-owners';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import { waitFor, type Persist, type Waiting } from '@ultron/tasks/saga/saga';
import { callOptions } from '../openstack/call-options.js';
import type { SegmentStep } from './plan-step.js';
import type { PlanDeps } from './plan.deps.js';

const DHCP_LOOK_MS = 1_000;
const MOST_LOOKS = 3;

export type SeenPort = Pick<
  PortWire,
  'id' | 'name' | 'device_owner' | 'device_id' | 'fixed_ips' | 'project_id'
>;

export interface SeenAddress {
  address: string;
  port: SeenPort;
}

/** The addresses of the segment that ports in the cluster have, of a complete list. */
export async function addressesSeen(
  deps: PlanDeps,
  spec: SegmentSpec,
  subnetId: string,
  signal: AbortSignal,
): Promise<SeenAddress[]> {
  const { ports } = (await deps.clouds.get(spec.clusterId)).network;
  const fields = ['id', 'name', 'device_owner', 'device_id', 'fixed_ips', 'project_id'] as const;
  const listing = ports.list({ subnetId }, callOptions(signal), fields);
  const seen = await listing.all();
  return seen.flatMap((port) =>
    port.fixed_ips
      .filter((ip) => ip.subnet_id === subnetId && isIn(spec, ip.ip_address))
      .map((ip) => ({ address: ip.ip_address, port })),
  );
}

export function isIn(spec: SegmentSpec, text: string): boolean {
  const { family, address } = parseAddress(text, '/ip_address');
  return family === spec.block.family && holds(spec.block, address);
}

/**
 * DHCP agents take their addresses a moment after the subnet is made: they get the ones that the plan keeps for them, if
 * Neutron hands out no others until then.
 */
export async function awaitDhcp(
  step: SegmentStep,
  spec: SegmentSpec,
  subnetId: string,
): Promise<Waiting | null> {
  const { deps, signal, tries } = step;
  const { dhcpPorts } = spec.infra;
  if (dhcpPorts === 0 || tries >= MOST_LOOKS || spec.openstackSubnetId !== null) return null;
  const seen = await addressesSeen(deps, spec, subnetId, signal);
  if (seen.some(({ port }) => isDhcp(port)) || !(await hasDhcpAgents(deps, spec, signal))) return null;
  return waitFor({ on: 'time', afterMs: DHCP_LOOK_MS, what: `the DHCP port of ${spec.clusterName}` });
}

const isDhcp = ({ device_owner: owner }: SeenPort): boolean =>
  owner === DEVICE_OWNERS.dhcp || owner === DEVICE_OWNERS.distributed;

async function hasDhcpAgents(deps: PlanDeps, spec: SegmentSpec, signal: AbortSignal): Promise<boolean> {
  const { agents } = (await deps.clouds.get(spec.clusterId)).network;
  try {
    const found = await agents.list({ agentType: 'DHCP agent' }, callOptions(signal));
    return found.some(({ alive }) => alive);
  } catch (error) {
    // Not for our account, or there is no such thing as agents: nothing is known, and nothing is waited for.
    if (error instanceof OpenStackError && !error.retryable) return false;
    throw error;
  }
}

/** Addresses that ports of the network itself have, beside those that the plan keeps for them. */
export function strayInfra(spec: SegmentSpec, seen: readonly SeenAddress[]): SeenAddress[] {
  const { infra, subnetBlock, block } = spec;
  const kept = new Set(
    infraOf(infra, subnetBlock, block).map(({ address }) => formatAddress(block.family, address)),
  );
  return seen.filter(({ address, port }) => isInfrastructureOwner(port.device_owner) && !kept.has(address));
}

/** What ports of the network itself have is handed out to nobody. */
export async function takeOutInfra(
  deps: PlanDeps,
  spec: SegmentSpec,
  subnetId: string,
  signal: AbortSignal,
): Promise<Persist> {
  const { vpcId, clusterId } = spec;
  const stray = strayInfra(spec, await addressesSeen(deps, spec, subnetId, signal));
  return async (tx) => {
    for (const { address, port } of stray) {
      const purpose = purposeOf(port);
      await deps.withdrawals.takeOutIn(tx, { vpcId, clusterId, address, purpose, portId: port.id });
    }
  };
}

const PURPOSES: Readonly<Record<string, AddressPurpose>> = {
  [DEVICE_OWNERS.dhcp]: 'dhcp',
  [DEVICE_OWNERS.distributed]: 'dhcp',
  [DEVICE_OWNERS.haInterface]: 'ha',
  [DEVICE_OWNERS.loadBalancer]: 'vip',
};

export function purposeOf({ device_owner: owner }: Pick<SeenPort, 'device_owner'>): AddressPurpose {
  return PURPOSES[owner] ?? (isInfrastructureOwner(owner) ? 'router' : 'foreign');
}
