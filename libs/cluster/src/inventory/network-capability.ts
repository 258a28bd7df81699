/**
 * What does the networking of a cluster, as far as it shows from its extensions and agents. Which features there are
 * is not to be read off it (ask the capabilities): it tells operators where to look, and the plan what to expect.
 */
export const NETWORK_BACKENDS = [
  /** ML2 with OVN: routers are distributed by nature, metadata agents own a port `network:distributed` per network. */
  'ovn',
  /** ML2 with agents of Open vSwitch or Linux bridge, routers on one L3 agent each. */
  'ml2_ovs',
  /** ML2/OVS whose L3 agents route on the compute nodes (`dvr`). */
  'ml2_ovs_dvr',
  /** ML2/OVS whose routers are on several L3 agents by VRRP (`l3-ha`), but not distributed. */
  'ml2_ovs_l3ha',
  /** Anything else: an old or foreign plugin. Networks, subnets and ports; all else by its extensions. */
  'legacy',
] as const;

export type NetworkBackend = (typeof NETWORK_BACKENDS)[number];

/**
 * Names by which a request may ask for something of a cluster's networking (rows of `cluster_capability`), with what
 * each says. They are discovered by the probe and the refresh.
 */
export const NETWORK_CAPABILITIES = {
  /** Routers with interfaces: extension `router`. */
  routers: 'Routers between subnets',
  /** Routers with a gateway to an external network, and such a network is there to be seen. */
  router_gateways: 'Routers to an external network',
  /**
   * Routers that route on the compute nodes: asked for by `distributed` where the extension `dvr` is there and its agents
   * are seen to do so, and always so with OVN, which does not know the attribute.
   */
  dvr: 'Distributed routers',
  /**
   * Routers that outlive their node: asked for by `ha` where the extension `l3-ha` is there and two L3 agents are alive,
   * and always so with OVN where two gateway chassis are.
   */
  l3_ha: 'Highly available routers',
  /** Floating IPs: extension `router`, and an external network is there to be seen. */
  floating_ips: 'Floating IPs',
  /**
   * QoS policies with bandwidth limit rules, on ports and networks: extension `qos`, and the account is an
   * administrator, since by default nobody else may make policies (else to be declared by an operator).
   */
  qos_bandwidth_limit: 'Bandwidth limits on ports',
  /** QoS policies on floating IPs: as before, and extension `qos-fip`. */
  qos_floating_ip: 'Bandwidth limits on floating IPs',
  /** QoS policies on the gateway of a router: as before, and extension `qos-gateway-ip`. */
  qos_router_gateway: 'Bandwidth limits on router gateways',
  /** Port security that can be switched off for a port: extension `port-security`. */
  port_security: 'Port security per port',
  /** Extension `allowed-address-pairs`. */
  allowed_address_pairs: 'Allowed address pairs',
  /** Security groups: extension `security-group`. */
  security_groups: 'Security groups',
  /** Tags on networks, subnets, ports, routers, floating IPs, QoS policies: extensions `standard-attr-tag`, `tag-ext`. */
  neutron_tags: 'Owner tags on networking resources',
  /** Updates with `If-Match: revision_number=…`: extension `revision-if-match`. */
  revision_if_match: 'Conditional updates',
  /** Several ports in one request, all or none: every ML2 has it, some foreign plugins do not. */
  bulk_ports: 'Ports in bulk',
  /** Tags given in a bulk create: extensions `tag-creation`, `tag-ports-during-bulk-creation`. */
  tags_at_create: 'Owner tags given at creation',
  /** Availability zones of networks: extension `network_availability_zone`. */
  network_availability_zones: 'Availability zones of networks',
  /** Agents are shown to the account that is registered: extension `agent`, and the policy allows it. */
  network_agents: 'Health of the network agents',
  /** Quotas with what is used of them: extension `quota_details`. */
  network_quota_details: 'Use of network quotas',
} as const;

export type NetworkCapability = keyof typeof NETWORK_CAPABILITIES;
