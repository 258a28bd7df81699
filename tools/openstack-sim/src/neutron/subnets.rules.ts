import { type Cidr, formatAddress, formatCidr, parseAddress, parseCidr } from './address.rules.js';
import { ApiError } from '../http/call.js';
import { badRequest, inUse, invalidInput } from './neutron.errors.js';
import type { SubnetRow } from './network.store.js';

type Pools = SubnetRow['allocation_pools'];

/** The CIDR of a new subnet, its host bits cleared. */
export function cidrOf(given: Record<string, unknown>): Cidr {
  const text = String(given['cidr']);
  const cidr = parseCidr(text);
  if (!cidr) throw invalidInput(`${text} is not in a CIDR format`);
  if (cidr.version !== Number(given['ip_version'])) {
    throw invalidInput(`cidr '${text}' does not match the ip_version '${String(given['ip_version'])}'`);
  }
  if (cidr.prefix === 0) throw invalidInput('0 is not allowed as CIDR prefix length');
  return cidr;
}

/** The gateway asked for, by default the first address; null for none. It may be outside of the subnet. */
export function gatewayOf(given: unknown, cidr: Cidr): string | null {
  if (given === null) return null;
  if (given === undefined) return formatAddress(cidr.version, cidr.first + 1n);
  const parsed = typeof given === 'string' ? parseAddress(given) : undefined;
  if (!parsed) {
    throw badRequest(`Invalid input for gateway_ip. Reason: '${String(given)}' is not a valid IP address.`);
  }
  if (parsed.version !== cidr.version)
    throw invalidInput(`gateway_ip '${String(given)}' does not match the ip_version '${cidr.version}'`);
  const isEnd = parsed.value === cidr.first || (cidr.version === 4 && parsed.value === cidr.last);
  if (isEnd && cidr.prefix < 31) throw invalidInput('Gateway is not valid on subnet');
  return formatAddress(parsed.version, parsed.value);
}

/** The pools asked for, or all of the subnet but its network, gateway and (IPv4) broadcast address. */
export function poolsOf(given: unknown, cidr: Cidr, gateway: string | null): Pools {
  if (Array.isArray(given) && given.length > 0) return checkedPools(given, cidr, gateway);
  const { first, last } = hostsOf(cidr);
  const middle = gateway === null ? undefined : parseAddress(gateway)?.value;
  if (middle === undefined || middle < first || middle > last) return range(cidr, first, last);
  return [...range(cidr, first, middle - 1n), ...range(cidr, middle + 1n, last)];
}

function hostsOf(cidr: Cidr): { first: bigint; last: bigint } {
  if (cidr.version === 6) return { first: cidr.first + 1n, last: cidr.last };
  return cidr.prefix > 30
    ? { first: cidr.first, last: cidr.last }
    : { first: cidr.first + 1n, last: cidr.last - 1n };
}

function range(cidr: Cidr, first: bigint, last: bigint): Pools {
  if (first > last) return [];
  return [{ start: formatAddress(cidr.version, first), end: formatAddress(cidr.version, last) }];
}

/** As Neutron checks them (`validate_allocation_pools`): valid, within the subnet, apart from one another and the gateway. */
export function checkedPools(given: unknown[], cidr: Cidr, gateway: string | null): Pools {
  const pools = given.map((entry) => rangeOf(entry, cidr)).sort((a, b) => (a.first < b.first ? -1 : 1));
  for (const [at, pool] of pools.entries()) {
    const next = pools[at + 1];
    if (next && next.first <= pool.last) {
      throw new ApiError(
        409,
        `Found overlapping allocation pools: ${pool.text} ${next.text} for subnet ${formatCidr(cidr)}.`,
        'OverlappingAllocationPools',
      );
    }
  }
  refuseGatewayInPools(gateway, pools);
  // Neutron keeps no order of pools, and shows them in that of chance.
  return pools.toReversed().flatMap(({ first, last }) => range(cidr, first, last));
}

interface Range {
  first: bigint;
  last: bigint;
  text: string;
}

function rangeOf(entry: unknown, cidr: Cidr): Range {
  const { start, end } = entry as { start?: unknown; end?: unknown };
  const [from, to] = [parseAddress(String(start)), parseAddress(String(end))];
  const text = `${String(start)}-${String(end)}`;
  if (!from || !to) {
    throw badRequest(
      `Invalid input for allocation_pools. Reason: '${String(from ? end : start)}' is not a valid IP address.`,
    );
  }
  if (from.version !== cidr.version || to.version !== cidr.version || from.value > to.value)
    throw badRequest(`The allocation pool ${text} is not valid.`, 'InvalidAllocationPool');
  const hosts = hostsOf(cidr);
  if (from.value < hosts.first || to.value > hosts.last) {
    throw badRequest(
      `The allocation pool ${text} spans beyond the subnet cidr ${formatCidr(cidr)}.`,
      'OutOfBoundsAllocationPool',
    );
  }
  return { first: from.value, last: to.value, text };
}

function refuseGatewayInPools(gateway: string | null, pools: Range[]): void {
  const value = gateway === null ? undefined : parseAddress(gateway)?.value;
  if (value === undefined) return;
  const held = pools.find((pool) => pool.first <= value && value <= pool.last);
  if (!held) return;
  throw inUse(
    `Gateway ip ${gateway} conflicts with allocation pool ${held.text}.`,
    'GatewayConflictWithAllocationPools',
  );
}

/** DHCP needs room for hosts beside the ends of the subnet. */
export function checkDhcp(enabled: boolean, cidr: Cidr): void {
  if (enabled && (cidr.version === 4 ? cidr.prefix > 30 : cidr.prefix > 126))
    throw invalidInput('Subnet has a prefix length that is incompatible with DHCP service enabled');
}

export function doOverlap(a: Cidr, b: Cidr): boolean {
  return a.version === b.version && a.first <= b.last && b.first <= a.last;
}
