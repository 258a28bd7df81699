/**
 * Who uses a port (`device_owner`; `neutron_lib/constants.py`). Ports of a server are `compute:` and its availability
 * zone. Ports of `network:` hold addresses that no server can have, and most of them cannot be deleted as ports.
 */
export const DEVICE_OWNERS = {
  /** A DHCP server of a network (ML2 with agents). */
  dhcp: 'network:dhcp',
  /** OVN's metadata port, one per network; it holds an address of each subnet with DHCP. */
  distributed: 'network:distributed',
  /** A leg of a router. */
  routerInterface: 'network:router_interface',
  /** A leg of a distributed router (DVR), the same on every compute node. */
  distributedRouterInterface: 'network:router_interface_distributed',
  /** A leg of a router replicated by VRRP (L3-HA). */
  haRouterInterface: 'network:ha_router_replicated_interface',
  /** The ports over which the instances of a VRRP router see one another, on a network of their own. */
  haInterface: 'network:router_ha_interface',
  /** The leg of a router in its external network. */
  routerGateway: 'network:router_gateway',
  /** The place where a distributed router translates addresses. */
  centralizedSnat: 'network:router_centralized_snat',
  /** Holds the address of a floating IP; it belongs to no project. */
  floatingIp: 'network:floatingip',
  /** A gateway of floating IPs on a compute node (DVR). */
  floatingIpAgentGateway: 'network:floatingip_agent_gateway',
  loadBalancer: 'Octavia',
} as const;

export type DeviceOwner = (typeof DEVICE_OWNERS)[keyof typeof DEVICE_OWNERS];

/** The legs of routers in inner networks, whatever their kind. */
export const ROUTER_INTERFACE_OWNERS: readonly string[] = [
  DEVICE_OWNERS.routerInterface,
  DEVICE_OWNERS.distributedRouterInterface,
  DEVICE_OWNERS.haRouterInterface,
];

/** Ports that Neutron itself makes: they count as infrastructure, and go when what they serve goes. */
export const isInfrastructureOwner = (deviceOwner: string): boolean => deviceOwner.startsWith('network:');
