import { type Call, type Reply, reply } from '../http/call.js';
import type { PortRow } from '../neutron/network.store.js';
import { findServer } from './servers.access.js';

/** `GET /servers/{id}/os-interface`: the ports of a server. */
export function listInterfaces(call: Call): Reply {
  const row = findServer(call);
  return reply(200, { interfaceAttachments: [...call.cluster.network.portsByDevice.get(row.id)].map(view) });
}

function view(port: PortRow) {
  return {
    port_id: port.id,
    net_id: port.network_id,
    mac_addr: port.mac_address,
    port_state: port.status,
    fixed_ips: port.fixed_ips,
  };
}
