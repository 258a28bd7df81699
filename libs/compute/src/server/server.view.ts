import type { FaultRecord } from '@ultron/kernel/fault';
import type { ServerPort } from '@ultron/network/port/port.entity';
import type { Offer } from '../offer/offer.js';
import type { ServerPlacement } from './server.entity.js';
import type { Server } from './server.entity.js';
import type { ServerStatus } from './server.state.js';

export interface Reference {
  id: string;
  /** Null when the thing is not known any more. */
  name: string | null;
}

export interface ServerAddress {
  ip_address: string;
  mac_address: string;
  network: Reference;
  /** The port's id in OpenStack. */
  port_id: string;
}

/** A server as the API shows it. */
export interface ServerView {
  id: string;
  project_id: string;
  name: string;
  status: ServerStatus;
  fault: FaultRecord | null;
  flavor: Reference;
  image: Reference;
  network: Reference;
  key_pair_id: string | null;
  metadata: Record<string, string>;
  security_groups: string[];
  placement: ServerPlacement;
  cluster: Reference;
  idc: Reference | null;
  addresses: ServerAddress[];
  /** The server's id in its cluster; null until it has one. */
  openstack_id: string | null;
  /** What its cluster said of it last; null before it said anything. */
  observed: { status: string; task_state: string | null; power_state: number | null } | null;
  observed_at: string | null;
  /** The task that changes the server now, or changed it last. */
  task_id: string;
  version: number;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
}

export type ShownServer = Omit<Server, 'userData'>;

export function serverView(server: ShownServer, ports: readonly ServerPort[], offer: Offer): ServerView {
  const cluster = offer.clusters.get(server.clusterId);
  const network = { id: server.networkId, name: offer.networks.get(server.networkId)?.name ?? null };
  return {
    id: server.id,
    project_id: server.projectId,
    name: server.name,
    status: server.status,
    fault: server.fault,
    flavor: { id: server.flavorId, name: offer.flavors.get(server.flavorId)?.name ?? null },
    image: { id: server.imageId, name: offer.images.get(server.imageId)?.name ?? null },
    network,
    key_pair_id: server.keyPairId,
    metadata: server.metadata,
    security_groups: server.securityGroups,
    placement: server.placement,
    cluster: { id: server.clusterId, name: cluster?.name ?? null },
    idc: cluster ? { id: cluster.idcId, name: cluster.idcName } : null,
    addresses: ports.flatMap((port) => addressesOf(port, network)),
    openstack_id: server.openstackId,
    ...observedView(server),
    task_id: server.taskId,
    version: server.version,
    created_at: server.createdAt.toISOString(),
    updated_at: server.updatedAt.toISOString(),
    deleted_at: server.deletedAt?.toISOString() ?? null,
  };
}

function addressesOf(port: ServerPort, network: Reference): ServerAddress[] {
  return port.fixedIps.map(({ ip_address }) => ({
    ip_address,
    mac_address: port.macAddress,
    network,
    port_id: port.openstackId,
  }));
}

function observedView(server: ShownServer): Pick<ServerView, 'observed' | 'observed_at'> {
  if (server.observedStatus === null) return { observed: null, observed_at: null };
  return {
    observed: {
      status: server.observedStatus,
      task_state: server.observedTaskState,
      power_state: server.observedPowerState,
    },
    observed_at: server.observedAt?.toISOString() ?? null,
  };
}
