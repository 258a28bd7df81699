import type { Cluster } from '../cluster/cluster.js';
import { defaultGroup } from '../neutron/default-group.js';
import { secondTime } from '../http/times.js';
import type { PortRow } from '../neutron/network.store.js';
import { UNBOUND, bound, makeServerPort } from '../neutron/server-port.js';
import type { HostRow, RequestedNetwork, ServerRow } from './compute.store.js';

/** A port that the server was to get belongs to another one by now, or is gone. */
export class PortInUse extends Error {
  override readonly name = 'PortInUse';
}

/** Gives the server its ports: those made before are bound to it, missing ones are made. All or none. */
export function bindPorts(cluster: Cluster, server: ServerRow, host: HostRow): void {
  for (const wanted of server.requestedNetworks)
    if (wanted.portId) freePort(cluster, wanted.portId, server.id);
  for (const wanted of server.requestedNetworks) bindOne(cluster, server, host, wanted);
}

function bindOne(cluster: Cluster, server: ServerRow, host: HostRow, wanted: RequestedNetwork): void {
  const port = wanted.portId ? freePort(cluster, wanted.portId, server.id) : makeOwn(cluster, server, wanted);
  cluster.network.updatePort(port, {
    device_id: server.id,
    device_owner: `compute:${host.zone}`,
    ...bound(cluster, host.id),
    status: 'DOWN',
  });
}

function freePort(cluster: Cluster, id: string, serverId: string): PortRow {
  const port = cluster.network.ports.get(id);
  if (!port) throw new PortInUse(`Port ${id} could not be found.`);
  if (port.device_id !== '' && port.device_id !== serverId)
    throw new PortInUse(`Port ${id} is still in use.`);
  return port;
}

function makeOwn(cluster: Cluster, server: ServerRow, wanted: RequestedNetwork): PortRow {
  const port = makeServerPort(cluster, wanted, {
    projectId: server.projectId,
    securityGroups: groupIds(cluster, server),
    at: secondTime(cluster.clock.now()),
  });
  server.ownPorts.push(port.id);
  return port;
}

function groupIds(cluster: Cluster, server: ServerRow): string[] {
  const groups = [...cluster.network.groupsByProject.get(server.projectId)];
  const named = server.securityGroups.flatMap((wanted) =>
    groups.filter((group) => group.name === wanted || group.id === wanted),
  );
  return named.length > 0 ? named.map((group) => group.id) : [defaultGroup(cluster, server.projectId).id];
}

/** Lets go of the server's ports: Nova deletes those it made and unbinds the others. */
export function releasePorts(cluster: Cluster, server: ServerRow): void {
  for (const port of [...cluster.network.portsByDevice.get(server.id)]) {
    if (server.ownPorts.includes(port.id)) cluster.network.ports.remove(port);
    else unbind(cluster, port);
  }
}

function unbind(cluster: Cluster, port: PortRow): void {
  cluster.network.updatePort(port, {
    device_id: '',
    device_owner: '',
    ...UNBOUND,
    status: 'DOWN',
  });
}
