/** `GET /v2.0/agents`. */
export interface AgentListWire {
  agents: AgentWire[];
}

export interface AgentWire {
  id: string;
  /** `Open vSwitch agent`, `L3 agent`, `DHCP agent`, `Metadata agent`, `OVN Controller agent`, … */
  agent_type: string;
  binary: string;
  topic: string;
  host: string;
  admin_state_up: boolean;
  alive: boolean;
  availability_zone?: string | null;
  /** `2026-01-02 03:04:05`, without a zone, as are the next ones. */
  created_at: string;
  started_at: string;
  heartbeat_timestamp: string;
  description: string | null;
  /** What the agent says of itself, for example `{"agent_mode": "dvr_snat"}` of an L3 agent. */
  configurations: Record<string, unknown>;
  resources_synced?: boolean | null;
  resource_versions?: Record<string, string>;
}
