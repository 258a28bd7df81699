import { DEVICE_OWNERS } from '@ultron/openstack/network/device-owners';
import type { FixedIpWire } from '@ultron/openstack/network/ports.wire';
import { ApiError, type Call } from '../http/call.js';
import { isAdmin } from './neutron.access.js';
import { badResource, inUse, notFound } from './neutron.errors.js';
import type { FloatingIpRow, PortRow } from './network.store.js';
import { isRouterInterface } from './ports.rules.js';

/** Where a floating IP leads. */
export type Lead = Pick<FloatingIpRow, 'port_id' | 'fixed_ip_address' | 'router_id'>;

const NOWHERE: Lead = { port_id: null, fixed_ip_address: null, router_id: null };

/** Where it is to lead by what was asked; refused when there is no router on the way (`_check_and_get_fip_assoc`). */
export function leadTo(
  call: Call,
  given: { port_id?: unknown; fixed_ip_address?: unknown },
  row: FloatingIpRow,
): Lead {
  const portId = given.port_id === undefined ? row.port_id : given.port_id;
  if (given.fixed_ip_address && !portId)
    throw badResource('floatingip', 'fixed_ip_address cannot be specified without a port_id');
  if (!portId) return NOWHERE;
  const port = portOf(call, row, String(portId));
  const fixed = fixedIpOf(port, given.fixed_ip_address);
  const router = routerBetween(call, port, fixed, row.floating_network_id);
  refuseTaken(call, row, port, fixed);
  return { port_id: port.id, fixed_ip_address: fixed.ip_address, router_id: router };
}

function portOf(call: Call, row: FloatingIpRow, id: string): PortRow {
  const port = call.cluster.network.ports.get(id);
  if (!port) throw notFound('ports', id);
  if (port.project_id !== row.project_id && !isAdmin(call)) {
    throw badResource(
      'floatingip',
      `Cannot process floating IP association with Port ${id}, since that port is owned by a different tenant`,
    );
  }
  return port;
}

function fixedIpOf(port: PortRow, asked: unknown): FixedIpWire {
  if (asked) {
    const found = port.fixed_ips.find((ip) => ip.ip_address === asked);
    if (found) return found;
    throw badResource('floatingip', `Port ${port.id} does not have fixed ip ${String(asked)}`);
  }
  const [only, another] = port.fixed_ips.filter((ip) => !ip.ip_address.includes(':'));
  if (!only)
    throw badResource(
      'floatingip',
      `Cannot add floating IP to port ${port.id} that has no fixed IPv4 addresses`,
    );
  if (!another) return only;
  throw badResource(
    'floatingip',
    `Port ${port.id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a floating IP`,
  );
}

/** A router with a leg in the port's subnet and its gateway in the network of the floating IP. */
function routerBetween(call: Call, port: PortRow, fixed: FixedIpWire, networkId: string): string {
  const { network } = call.cluster;
  const gateway = network.subnets.get(fixed.subnet_id)?.gateway_ip;
  const candidates = [...network.portsByNetwork.get(port.network_id)]
    .filter((leg) => isRouterInterface(leg) && leg.fixed_ips.some((ip) => ip.subnet_id === fixed.subnet_id))
    .filter((leg) => leadsTo(call, leg.device_id, networkId));
  const first =
    candidates.find((leg) => leg.fixed_ips.some((ip) => ip.ip_address === gateway)) ?? candidates[0];
  if (first) return first.device_id;
  throw new ApiError(
    404,
    `External network ${networkId} is not reachable from subnet ${fixed.subnet_id}.  Therefore, cannot associate Port ${port.id} with a Floating IP.`,
    'ExternalGatewayForFloatingIPNotFound',
  );
}

function leadsTo(call: Call, routerId: string, networkId: string): boolean {
  for (const port of call.cluster.network.portsByDevice.get(routerId))
    if (port.device_owner === DEVICE_OWNERS.routerGateway && port.network_id === networkId) return true;
  return false;
}

function refuseTaken(call: Call, row: FloatingIpRow, port: PortRow, fixed: FixedIpWire): void {
  for (const other of call.cluster.network.floatingIpsByPort.get(port.id)) {
    const isSame =
      other.fixed_ip_address === fixed.ip_address && other.floating_network_id === row.floating_network_id;
    if (other.id === row.id || !isSame) continue;
    throw inUse(
      `Cannot associate floating IP ${row.floating_ip_address} (${row.id}) with port ${port.id} using fixed IP ${fixed.ip_address}, as that fixed IP already has a floating IP on external network ${row.floating_network_id}.`,
      'FloatingIPPortAlreadyAssociated',
    );
  }
}
