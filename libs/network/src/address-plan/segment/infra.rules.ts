import { lastOf, sizeOf, type Block } from '../block/block.js';

/**
 * How a subnet is built in the clusters. `routed`: a Neutron subnet per segment, with a gateway of its own.
 * `stretched`: every cluster has the whole subnet, with its segments as allocation pools and one gateway.
 */
export const REALISATIONS = ['routed', 'stretched'] as const;
export type Realisation = (typeof REALISATIONS)[number];

/** What decides which addresses of a segment the network needs for itself. */
export interface InfraPolicy {
  realisation: Realisation;
  /** DHCP and metadata ports of a Neutron subnet. */
  dhcpPorts: number;
}

export interface InfraAddress {
  address: bigint;
  use: 'network' | 'gateway' | 'dhcp' | 'broadcast';
}

/** The addresses of the segment that the network itself needs, in order; they are held from when it is dealt out. */
export function infraOf(policy: InfraPolicy, subnet: Block, segment: Block): InfraAddress[] {
  // In a stretched subnet every segment gives the DHCP ports, so that a segment can go without another changing.
  const frame = policy.realisation === 'routed' ? segment : subnet;
  const wanted: InfraAddress[] = [
    { address: frame.base, use: 'network' },
    { address: frame.base + 1n, use: 'gateway' },
    // IPv6 has no broadcast; its first address belongs to the routers of the subnet (RFC 4291, section 2.6.1).
    ...(frame.family === 4 ? [{ address: lastOf(frame), use: 'broadcast' as const }] : []),
  ];
  const fixed = wanted.filter(({ address }) => segment.base <= address && address <= lastOf(segment));
  const start = segment.base + BigInt(fixed.filter(({ use }) => use !== 'broadcast').length);
  const dhcp = Array.from({ length: policy.dhcpPorts }, (_, i) => ({
    address: start + BigInt(i),
    use: 'dhcp' as const,
  }));
  return [...fixed, ...dhcp].toSorted((a, b) => (a.address < b.address ? -1 : 1));
}

/** How many addresses a segment has for servers. */
export function usableOf(policy: InfraPolicy, subnet: Block, segment: Block): number {
  return Number(sizeOf(segment)) - infraOf(policy, subnet, segment).length;
}
