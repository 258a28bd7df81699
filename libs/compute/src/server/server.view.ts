import type { FaultRecord } from '@ultron/kernel/fault';
import type { ServerPort } from '@ultron/network/port/port.entity';
import type { Offer } from '../offer/offer.js';
import type { NamedNic } from '../server-nic/server-nic.repository.js';
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
  /** Null in a VPC. */
  network: Reference | null;
  /** Null in a logical network. */
  vpc: Reference | null;
  subnet_id: string | null;
  /** The port's id in OpenStack. */
  port_id: string;
}

/** One network of a server, in the order in which they were asked for. */
export interface ServerNetwork {
  network: Reference | null;
  vpc: Reference | null;
  /** The subnet of the VPC in which its address lies. */
  subnet: { id: string; cidr: string | null } | null;
  /** Null until it is known: in a VPC it is chosen with the server, in a logical network by the cluster. */
  ip_address: string | null;
  /** Whether the caller asked for that very address. */
  fixed: boolean;
}

/** What a server has of networks: its ports, and its rows about networks where it has any. */
export interface ServerAttachments {
  ports: readonly ServerPort[];
  nics: readonly NamedNic[];
}

/** A server as the API shows it. */
export interface ServerView {
  id: string;
  project_id: string;
  name: string;
  status: ServerStatus;
  fault: FaultRecord | null;
  /** Null for an adopted server of which it is not mapped. */
  flavor: Reference | null;
  image: Reference | null;
  /** Null when it has others than one logical network: see `networks`. */
  network: Reference | null;
  networks: ServerNetwork[];
  preemptible: boolean;
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

export function serverView(
  server: ShownServer,
  { ports, nics }: ServerAttachments,
  offer: Offer,
): ServerView {
  const cluster = offer.clusters.get(server.clusterId);
  const network = server.networkId === null ? null : networkReference(server.networkId, offer);
  return {
    id: server.id,
    project_id: server.projectId,
    name: server.name,
    status: server.status,
    fault: server.fault,
    flavor: nameOf(server.flavorId, offer.flavors),
    image: nameOf(server.imageId, offer.images),
    network,
    networks: network ? [onlyNetwork(network, ports)] : nics.map((nic) => networkOf(nic, ports, offer)),
    preemptible: server.preemptible,
    key_pair_id: server.keyPairId,
    metadata: server.metadata,
    security_groups: server.securityGroups,
    placement: server.placement,
    cluster: { id: server.clusterId, name: cluster?.name ?? null },
    idc: cluster ? { id: cluster.idcId, name: cluster.idcName } : null,
    addresses: ports.flatMap((port) => addressesOf(port, nics, offer)),
    openstack_id: server.openstackId,
    ...observedView(server),
    task_id: server.taskId,
    version: server.version,
    created_at: server.createdAt.toISOString(),
    updated_at: server.updatedAt.toISOString(),
    deleted_at: server.deletedAt?.toISOString() ?? null,
  };
}

const nameOf = (id: string | null, known: { get(id: string): { name: string } | null }): Reference | null =>
  id === null ? null : { id, name: known.get(id)?.name ?? null };

function addressesOf(port: ServerPort, nics: readonly NamedNic[], offer: Offer): ServerAddress[] {
  const vpcName = nics.find(({ vpcId }) => vpcId === port.vpcId)?.vpcName ?? null;
  return port.fixedIps.map(({ ip_address }) => ({
    ip_address,
    mac_address: port.macAddress,
    network: port.networkId === null ? null : networkReference(port.networkId, offer),
    vpc: port.vpcId === null ? null : { id: port.vpcId, name: vpcName },
    subnet_id: port.subnetId,
    port_id: port.openstackId,
  }));
}

const networkReference = (id: string, offer: Offer): Reference => ({
  id,
  name: offer.networks.get(id)?.name ?? null,
});

function onlyNetwork(network: Reference, ports: readonly ServerPort[]): ServerNetwork {
  const ip_address = ports[0]?.fixedIps[0]?.ip_address ?? null;
  return { network, vpc: null, subnet: null, ip_address, fixed: false };
}

function networkOf(nic: NamedNic, ports: readonly ServerPort[], offer: Offer): ServerNetwork {
  const port = ports.find(({ networkId }) => networkId !== null && networkId === nic.networkId);
  return {
    network: nic.networkId === null ? null : networkReference(nic.networkId, offer),
    vpc: nic.vpcId === null ? null : { id: nic.vpcId, name: nic.vpcName },
    subnet: nic.subnetId === null ? null : { id: nic.subnetId, cidr: nic.subnetCidr },
    ip_address: nic.address ?? port?.fixedIps[0]?.ip_address ?? null,
    fixed: nic.addressAsked,
  };
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
