import type { Cluster } from '../cluster/cluster.js';

/** What does the networking of a cluster: the mechanism drivers and the L3 plugin, and how they are set up. */
export type NetworkBackend = 'ovn' | 'ml2_ovs' | 'dvr' | 'l3ha' | 'legacy';

export const NETWORK_BACKENDS: readonly NetworkBackend[] = ['ovn', 'ml2_ovs', 'dvr', 'l3ha', 'legacy'];

/** A process of Neutron's on some hosts. */
export interface AgentKind {
  type: string;
  binary: string;
  topic: string;
  on: 'computes' | 'network nodes';
  zone: string | null;
  configurations: Record<string, unknown>;
}

export type ServicePortOwner = 'network:dhcp' | 'network:distributed';

interface Facts {
  networkNodes: number;
  agents: AgentKind[];
  /** Who owns the port that serves DHCP or metadata in a network; null where none shows. */
  servicePortOwner: ServicePortOwner | null;
  vifDetails: Record<string, unknown>;
}

const OVS: AgentKind = {
  type: 'Open vSwitch agent',
  binary: 'neutron-openvswitch-agent',
  topic: 'N/A',
  on: 'computes',
  zone: 'nova',
  configurations: {
    bridge_mappings: { public: 'br-ex', physnet1: 'br-phys' },
    tunnel_types: ['vxlan'],
    tunneling_ip: '10.255.0.1',
    integration_bridge: 'br-int',
    datapath_type: 'system',
    ovs_capabilities: { datapath_types: ['system'], iface_types: [] },
    extensions: ['qos'],
  },
};
const DHCP: AgentKind = {
  type: 'DHCP agent',
  binary: 'neutron-dhcp-agent',
  topic: 'dhcp_agent',
  on: 'network nodes',
  zone: 'nova',
  configurations: {
    dhcp_driver: 'neutron.agent.linux.dhcp.Dnsmasq',
    networks: 0,
    ports: 0,
    subnets: 0,
  },
};
const METADATA: AgentKind = {
  type: 'Metadata agent',
  binary: 'neutron-metadata-agent',
  topic: 'N/A',
  on: 'network nodes',
  zone: null,
  configurations: {},
};
const l3 = (mode: string, on: AgentKind['on']): AgentKind => ({
  type: 'L3 agent',
  binary: 'neutron-l3-agent',
  topic: 'l3_agent',
  on,
  zone: 'nova',
  configurations: { agent_mode: mode, handle_internal_only_routers: true, interface_driver: 'openvswitch' },
});
const ovnAgent = (type: string, binary: string, on: AgentKind['on']): AgentKind => ({
  type,
  binary,
  topic: 'n/a',
  on,
  zone: '',
  configurations: { 'bridge-mappings': 'public:br-ex' },
});

const withAgents = (networkNodes: number, routing: AgentKind[]): Facts => ({
  networkNodes,
  agents: [OVS, { ...OVS, on: 'network nodes' }, DHCP, METADATA, ...routing],
  servicePortOwner: 'network:dhcp',
  vifDetails: {
    connectivity: 'l2',
    port_filter: true,
    ovs_hybrid_plug: false,
    datapath_type: 'system',
    bridge_name: 'br-int',
    bound_drivers: { '0': 'openvswitch' },
  },
});

const FACTS: Record<NetworkBackend, Facts> = {
  ml2_ovs: withAgents(1, [l3('legacy', 'network nodes')]),
  dvr: withAgents(2, [l3('dvr', 'computes'), l3('dvr_snat', 'network nodes')]),
  l3ha: withAgents(3, [l3('legacy', 'network nodes')]),
  ovn: {
    networkNodes: 2,
    agents: [
      ovnAgent('OVN Controller agent', 'ovn-controller', 'computes'),
      ovnAgent('OVN Controller Gateway agent', 'ovn-controller', 'network nodes'),
      ovnAgent('OVN Metadata agent', 'neutron-ovn-metadata-agent', 'computes'),
    ],
    servicePortOwner: 'network:distributed',
    vifDetails: { port_filter: true, connectivity: 'l2', bound_drivers: { '0': 'ovn' } },
  },
  legacy: {
    networkNodes: 0,
    agents: [],
    servicePortOwner: null,
    vifDetails: { port_filter: true },
  },
};

export const backendFacts = (cluster: Cluster): Facts => FACTS[cluster.networkBackend];

export const networkNodes = (cluster: Cluster): string[] =>
  Array.from({ length: backendFacts(cluster).networkNodes }, (_, at) => `${cluster.name}-network-${at + 1}`);
