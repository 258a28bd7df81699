import { DEVICE_OWNERS } from '@ultron/openstack/network/device-owners';
import type { ExternalGatewayRequestWire } from '@ultron/openstack/network/routers.wire';
import type { Cluster } from '../cluster/cluster.js';
import { isRecord } from '../http/body.js';
import type { Call } from '../http/call.js';
import { badRequest, badResource, inUse, notFound } from './neutron.errors.js';
import type { NetworkRow, PortRow, RouterRow } from './network.store.js';
import { allocate } from './ports.rules.js';
import { policyGiven } from './qos.rules.js';
import { keepSnatPorts, makeRouterPort } from './router-ports.js';
import { refuseSharedSubnets } from './router-subnets.rules.js';

export function gatewayPortOf(cluster: Cluster, router: RouterRow): PortRow | undefined {
  for (const port of cluster.network.portsByDevice.get(router.id))
    if (port.device_owner === DEVICE_OWNERS.routerGateway) return port;
  return undefined;
}

/** Brings the gateway of a router to what is asked for; null or an empty object takes it away. */
export function setGateway(call: Call, router: RouterRow, asked: unknown): void {
  if (asked === undefined) return;
  const info =
    isRecord(asked) && asked['network_id'] ? (asked as unknown as ExternalGatewayRequestWire) : null;
  const network = info && externalNetwork(call, info.network_id);
  if (router.gateway && router.gateway.network_id !== network?.id) takeAway(call, router);
  if (info && network) give(call, router, network, info);
  keepSnatPorts(call.cluster, router);
}

function externalNetwork(call: Call, id: string): NetworkRow {
  const network = call.cluster.network.networks.get(id);
  if (!network) throw notFound('networks', id);
  if (network['router:external'] !== true)
    throw badResource('router', `Network ${id} is not an external network`);
  return network;
}

function takeAway(call: Call, router: RouterRow): void {
  const { network } = call.cluster;
  if (network.floatingIpsByRouter.get(router.id).size > 0) {
    throw inUse(
      `Gateway cannot be updated for router ${router.id}, since a gateway to external network ${router.gateway?.network_id} is required by one or more floating IPs.`,
      'RouterExternalGatewayInUseByFloatingIp',
    );
  }
  const port = gatewayPortOf(call.cluster, router);
  if (port) network.ports.remove(port);
  router.gateway = null;
}

function give(call: Call, router: RouterRow, network: NetworkRow, info: ExternalGatewayRequestWire): void {
  const { cluster } = call;
  const { enable_snat: snat = true, qos_policy_id: policy } = info;
  const asked = info.external_fixed_ips;
  refuseGatewayAddress(call, network, info);
  const held = gatewayPortOf(cluster, router);
  if (held && asked && asked.length > 0)
    cluster.network.updatePort(held, {
      fixed_ips: allocate(call, network, asked, new Set(), held.fixed_ips),
    });
  if (!held) {
    const subnets = [...cluster.network.subnetsByNetwork.get(network.id)];
    refuseSharedSubnets(cluster, router, subnets);
    makeRouterPort(cluster, {
      networkId: network.id,
      projectId: '',
      owner: DEVICE_OWNERS.routerGateway,
      deviceId: router.id,
      fixedIps: asked && asked.length > 0 ? asked : undefined,
    });
  }
  const kept = router.gateway?.qos_policy_id ?? null;
  router.gateway = {
    network_id: network.id,
    enable_snat: snat,
    qos_policy_id: policy === undefined ? kept : policyGiven(call, policy),
  };
}

function refuseGatewayAddress(call: Call, network: NetworkRow, info: ExternalGatewayRequestWire): void {
  if (info.external_fixed_ips !== undefined && !Array.isArray(info.external_fixed_ips))
    throw badRequest('Invalid input for external_gateway_info.');
  for (const ip of info.external_fixed_ips ?? []) {
    for (const subnet of call.cluster.network.subnetsByNetwork.get(network.id)) {
      if (ip.ip_address !== undefined && ip.ip_address === subnet.gateway_ip)
        throw badResource('router', `External IP ${ip.ip_address} is the same as the gateway IP`);
    }
  }
}
