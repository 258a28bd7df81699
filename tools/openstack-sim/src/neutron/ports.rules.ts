import { ROUTER_INTERFACE_OWNERS } from '@ultron/openstack/network/device-owners';
import type { FixedIpWire, PortCreateWire } from '@ultron/openstack/network/ports.wire';
import { ApiError, type Call } from '../http/call.js';
import { addressInUse, badRequest, invalidInput, notFound } from './neutron.errors.js';
import type { NetworkRow, PortRow, SubnetRow } from './network.store.js';

const MAX_FIXED_IPS = 5;
const AUTO_DELETED = new Set(['network:dhcp', 'network:distributed', 'network:floatingip_agent_gateway']);

/** Ports that go with their network or subnet (`AUTO_DELETE_PORT_OWNERS`). */
export const isAutoDeleted = (port: PortRow): boolean => AUTO_DELETED.has(port.device_owner);

export const isRouterInterface = (port: PortRow): boolean =>
  ROUTER_INTERFACE_OWNERS.includes(port.device_owner);

/**
 * The addresses of a new or changed port. Neutron takes one of the network's IPv4 subnets (and one IPv6 subnet)
 * when none are named; an entry names an address, a subnet, or both. `own` are those the port already has.
 */
export function allocate(
  call: Pick<Call, 'cluster'>,
  network: NetworkRow,
  asked: Partial<FixedIpWire>[] | undefined,
  taken: ReadonlySet<string>,
  own: readonly FixedIpWire[] = [],
): FixedIpWire[] {
  const subnets = [...call.cluster.network.subnetsByNetwork.get(network.id)];
  if (asked === undefined) return automatic(call, network, subnets, taken);
  if (asked.length > MAX_FIXED_IPS) throw invalidInput('Exceeded maximum amount of fixed ips per port');
  const ips: FixedIpWire[] = [];
  for (const entry of asked) {
    const chosen = new Set([...taken, ...ips.map(key)]);
    ips.push(
      entry.ip_address
        ? explicit(call, subnets, entry, entry.ip_address, chosen, own)
        : fromSubnet(call, network, subnets, entry, chosen),
    );
  }
  return ips;
}

export const key = (ip: FixedIpWire): string => `${ip.subnet_id}/${ip.ip_address}`;

function automatic(
  call: Pick<Call, 'cluster'>,
  network: NetworkRow,
  subnets: SubnetRow[],
  taken: ReadonlySet<string>,
): FixedIpWire[] {
  const ips: FixedIpWire[] = [];
  for (const version of [4, 6]) {
    const family = subnets.filter((subnet) => subnet.ip_version === version);
    if (family.length === 0) continue;
    const found = firstFree(call, family, taken);
    if (!found) throw exhausted(network);
    ips.push(found);
  }
  return ips;
}

/** A free address of the pools of the subnets; undefined when there is none. */
export function firstFree(
  call: Pick<Call, 'cluster'>,
  subnets: SubnetRow[],
  taken: ReadonlySet<string>,
): FixedIpWire | undefined {
  for (const subnet of subnets) {
    const space = call.cluster.network.space(subnet.id);
    for (let address = space.free(); address !== undefined; address = space.free()) {
      const ip = { subnet_id: subnet.id, ip_address: address };
      if (!taken.has(key(ip))) return ip;
    }
  }
  return undefined;
}

function fromSubnet(
  call: Pick<Call, 'cluster'>,
  network: NetworkRow,
  subnets: SubnetRow[],
  entry: Partial<FixedIpWire>,
  taken: ReadonlySet<string>,
): FixedIpWire {
  if (!entry.subnet_id) throw invalidInput('IP allocation requires subnet_id or ip_address');
  const found = firstFree(call, [subnetNamed(call, subnets, entry.subnet_id)], taken);
  if (!found) throw exhausted(network);
  return found;
}

function explicit(
  call: Pick<Call, 'cluster'>,
  subnets: SubnetRow[],
  entry: Partial<FixedIpWire>,
  address: string,
  taken: ReadonlySet<string>,
  own: readonly FixedIpWire[],
): FixedIpWire {
  const { network } = call.cluster;
  const subnet = entry.subnet_id
    ? subnetNamed(call, subnets, entry.subnet_id)
    : subnets.find((candidate) => network.space(candidate.id).contains(address));
  if (!subnet || !network.space(subnet.id).contains(address)) {
    throw badRequest(
      `IP address ${address} is not a valid IP for the specified subnet.`,
      subnet ? 'InvalidIpForSubnet' : 'InvalidIpForNetwork',
    );
  }
  const ip = { subnet_id: subnet.id, ip_address: address };
  const mine = own.some((held) => key(held) === key(ip));
  if (taken.has(key(ip)) || (!mine && network.space(subnet.id).isTaken(address)))
    throw addressInUse(subnet.id, address);
  return ip;
}

function subnetNamed(call: Pick<Call, 'cluster'>, subnets: SubnetRow[], id: string): SubnetRow {
  const subnet = call.cluster.network.subnets.get(id);
  if (!subnet) throw notFound('subnets', id);
  if (!subnets.includes(subnet)) {
    throw invalidInput(
      `Failed to create port on network ${subnet.network_id}, because fixed_ips included invalid subnet ${id}`,
    );
  }
  return subnet;
}

function exhausted(network: NetworkRow): ApiError {
  return new ApiError(
    409,
    `No more IP addresses available on network ${network.id}.`,
    'IpAddressGenerationFailure',
  );
}

/** `fa:16:3e:` and three random bytes, the base that Neutron has by default. */
export function newMac(call: Pick<Call, 'cluster'>, networkId: string): string {
  for (;;) {
    const tail = Math.floor(call.cluster.random() * 0x1000000)
      .toString(16)
      .padStart(6, '0');
    const mac = `fa:16:3e:${tail.slice(0, 2)}:${tail.slice(2, 4)}:${tail.slice(4)}`;
    if (!call.cluster.network.macs.has(`${networkId}/${mac}`)) return mac;
  }
}

export function checkMac(call: Pick<Call, 'cluster'>, given: PortCreateWire): void {
  if (given.mac_address && call.cluster.network.macs.has(`${given.network_id}/${given.mac_address}`)) {
    throw new ApiError(
      409,
      `Unable to complete operation for network ${given.network_id}. The mac address ${given.mac_address} is in use.`,
      'MacAddressInUse',
    );
  }
}
