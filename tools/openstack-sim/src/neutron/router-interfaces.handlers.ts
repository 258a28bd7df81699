import type { RouterInterfaceRequestWire, RouterInterfaceWire } from '@ultron/openstack/network/routers.wire';
import { isRecord } from '../http/body.js';
import { ApiError, type Call, type Reply, reply, tokenOf } from '../http/call.js';
import { findOwn, isAdmin } from './neutron.access.js';
import { badRequest, badResource, inUse, notFound } from './neutron.errors.js';
import type { PortRow, RouterRow, SubnetRow } from './network.store.js';
import { interfaceOwner, keepSnatPorts, legsOf, makeRouterPort } from './router-ports.js';
import { refuseSharedSubnets } from './router-subnets.rules.js';

/** `PUT /v2.0/routers/{id}/add_router_interface`: a leg in a subnet, with its gateway address, or by a port. */
export function addInterface(call: Call): Reply {
  const router = findOwn(call, call.cluster.network.routers);
  const { subnet_id: subnetId, port_id: portId } = asked(call);
  if (subnetId !== undefined && portId !== undefined)
    throw badResource('router', 'Cannot specify both subnet-id and port-id');
  const port = portId === undefined ? bySubnet(call, router, subnetId ?? '') : byPort(call, router, portId);
  return changed(call, router, port);
}

/** `PUT /v2.0/routers/{id}/remove_router_interface`. */
export function removeInterface(call: Call): Reply {
  const { network } = call.cluster;
  const router = findOwn(call, network.routers);
  const { subnet_id: subnetId, port_id: portId } = asked(call);
  const port =
    portId === undefined ? legIn(call, router, subnetId ?? '') : legBy(call, router, portId, subnetId);
  refuseLed(call, router, port);
  network.ports.remove(port);
  return changed(call, router, port);
}

function asked(call: Call): RouterInterfaceRequestWire {
  const body = isRecord(call.body) ? call.body : {};
  if (body['subnet_id'] === undefined && body['port_id'] === undefined)
    throw badResource('router', 'Either subnet_id or port_id must be specified');
  for (const key of ['port_id', 'subnet_id']) {
    const value = body[key];
    if (value !== undefined && !/^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(String(value)))
      throw badResource('router', `'${String(value)}' is not a valid UUID`);
  }
  return body;
}

/** The router is another one now; the answer is the same for a leg that came and one that went. */
function changed(call: Call, router: RouterRow, port: PortRow): Reply {
  const { network } = call.cluster;
  keepSnatPorts(call.cluster, router);
  network.touch(router);
  network.routers.changed(router);
  const subnets = port.fixed_ips.map((ip) => ip.subnet_id);
  return reply<RouterInterfaceWire>(200, {
    id: router.id,
    tenant_id: port.project_id,
    port_id: port.id,
    network_id: port.network_id,
    subnet_id: subnets.at(-1) ?? '',
    subnet_ids: subnets,
  });
}

function subnetOf(call: Call, id: string): SubnetRow {
  const { network } = call.cluster;
  const subnet = network.subnets.get(id);
  const parent = network.networks.get(subnet?.network_id ?? '');
  const mine = subnet?.project_id === tokenOf(call).project?.id;
  if (!subnet || !(mine || isAdmin(call) || parent?.shared)) throw notFound('subnets', id);
  return subnet;
}

function bySubnet(call: Call, router: RouterRow, id: string): PortRow {
  const subnet = subnetOf(call, id);
  if (subnet.gateway_ip === null)
    throw badResource('router', 'Subnet for router interface must have a gateway IP');
  if (subnet.project_id !== tokenOf(call).project?.id && !isAdmin(call)) {
    throw badResource(
      'router',
      `Cannot add interface to router because subnet ${id} is not owned by project making the request`,
    );
  }
  refuseSharedSubnets(call.cluster, router, [subnet]);
  return makeRouterPort(call.cluster, {
    networkId: subnet.network_id,
    projectId: router.project_id,
    owner: interfaceOwner(call.cluster, router),
    deviceId: router.id,
    fixedIps: [{ subnet_id: subnet.id, ip_address: subnet.gateway_ip }],
  });
}

function byPort(call: Call, router: RouterRow, id: string): PortRow {
  const { network } = call.cluster;
  const port = network.ports.get(id);
  if (!port || !(isAdmin(call) || port.project_id === tokenOf(call).project?.id)) throw notFound('ports', id);
  if (port.device_id !== '') {
    throw inUse(
      `Unable to complete operation on port ${id} for network ${port.network_id}. Port already has an attached device ${port.device_id}.`,
      'PortInUse',
    );
  }
  if (port.fixed_ips.length === 0) throw badResource('router', 'Router port must have at least one fixed IP');
  const subnets = port.fixed_ips
    .map((ip) => network.subnets.get(ip.subnet_id))
    .filter((row) => row !== undefined);
  if (subnets.filter((subnet) => subnet.ip_version === 4).length > 1)
    throw badResource('router', 'Cannot have multiple IPv4 subnets on router port');
  refuseSharedSubnets(call.cluster, router, subnets);
  network.updatePort(port, {
    device_id: router.id,
    device_owner: interfaceOwner(call.cluster, router),
    status: 'ACTIVE',
  });
  return port;
}

function legIn(call: Call, router: RouterRow, subnetId: string): PortRow {
  const subnet = subnetOf(call, subnetId);
  const leg = legsOf(call.cluster, router).find((port) =>
    port.fixed_ips.some((ip) => ip.subnet_id === subnet.id),
  );
  if (leg) return leg;
  throw new ApiError(
    404,
    `Router ${router.id} has no interface on subnet ${subnetId}`,
    'RouterInterfaceNotFoundForSubnet',
  );
}

function legBy(call: Call, router: RouterRow, id: string, subnetId: string | undefined): PortRow {
  const leg = legsOf(call.cluster, router).find((port) => port.id === id);
  if (!leg)
    throw new ApiError(
      404,
      `Router ${router.id} does not have an interface with id ${id}`,
      'RouterInterfaceNotFound',
    );
  if (subnetId !== undefined && !leg.fixed_ips.some((ip) => ip.subnet_id === subnetId))
    throw badRequest(
      `Subnet on port ${id} does not match the requested subnet ${subnetId}.`,
      'SubnetMismatchForPort',
    );
  return leg;
}

/** A leg that floating IPs need stays. */
function refuseLed(call: Call, router: RouterRow, leg: PortRow): void {
  const { network } = call.cluster;
  for (const floatingIp of network.floatingIpsByRouter.get(router.id)) {
    const port = network.ports.get(floatingIp.port_id ?? '');
    const at = port?.fixed_ips.find((ip) => ip.ip_address === floatingIp.fixed_ip_address);
    if (!at || !leg.fixed_ips.some((ip) => ip.subnet_id === at.subnet_id)) continue;
    throw inUse(
      `Router interface for subnet ${at.subnet_id} on router ${router.id} cannot be deleted, as it is required by one or more floating IPs.`,
      'RouterInterfaceInUseByFloatingIP',
    );
  }
}
