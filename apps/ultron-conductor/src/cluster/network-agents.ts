import type { CallOptions } from '@ultron/openstack/call';
import type { Cloud } from '@ultron/openstack/cloud';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import type { AgentWire } from '@ultron/openstack/network/agents.wire';
import type { NetworkAgent } from './network-backend.rules.js';

/** The agents, or none where the cluster has no such list or does not show it to the account. */
export async function readAgents(
  cloud: Cloud,
  extensions: readonly string[],
  call: CallOptions,
): Promise<NetworkAgent[]> {
  if (!extensions.includes('agent')) return [];
  try {
    return (await cloud.network.agents.list({}, call)).map(toAgent);
  } catch (error) {
    if (error instanceof OpenStackError && (error.kind === 'auth' || error.kind === 'gone')) return [];
    throw error;
  }
}

function toAgent(agent: AgentWire): NetworkAgent {
  const mode = agent.configurations['agent_mode'];
  return {
    type: agent.agent_type,
    // An agent that an administrator switched off gets nothing to do.
    alive: agent.alive && agent.admin_state_up,
    mode: typeof mode === 'string' ? mode : undefined,
  };
}
