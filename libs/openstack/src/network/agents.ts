import type { CallOptions } from '../call.js';
import type { ServiceApi } from '../service-api.js';
import type { AgentListWire, AgentWire } from './agents.wire.js';

/** `/v2.0/agents` of Neutron (extension `agent`): others than administrators are shown none. */
export class NetworkAgents {
  constructor(private readonly api: ServiceApi) {}

  async list(
    filter: { agentType?: string; host?: string; alive?: boolean } = {},
    call?: CallOptions,
  ): Promise<AgentWire[]> {
    const query = { agent_type: filter.agentType, host: filter.host, alive: filter.alive };
    return (await this.api.json<AgentListWire>({ method: 'GET', path: '/agents', query, call })).agents;
  }
}
