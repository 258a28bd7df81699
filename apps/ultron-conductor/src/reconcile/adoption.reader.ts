import { Fault } from '@ultron/kernel/fault';
import { isKnown } from '@ultron/openstack/compute/servers';
import type { ServerWire } from '@ultron/openstack/compute/servers.wire';
import type { CallOptions } from '@ultron/openstack/call';
import type { Cloud } from '@ultron/openstack/cloud';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import { adopteeAttached } from '@ultron/reconcile/adoption/adoption.faults';
import { hangsOnServer } from '@ultron/reconcile/adoption/adoption.rules';
import type { Adoption } from '@ultron/reconcile/adoption/adoption.entity';
import type { PortToAdopt, ServerToAdopt } from '@ultron/reconcile/adoption/adoption.rows';
import { SERVER_MARK } from '@ultron/reconcile/intent/server.source';

const STATUS: Readonly<Record<string, ServerToAdopt['status']>> = {
  ACTIVE: 'active',
  SHUTOFF: 'stopped',
  ERROR: 'error',
};

/** What comes with a server: its own row, and its ports. */
export interface ReadServer {
  server: ServerToAdopt;
  ports: PortToAdopt[];
  securityGroupIds: string[];
}

/** Reads a server that is to be adopted, as its cluster has it now. Throws what keeps it from being adopted. */
export async function readServer(
  cloud: Cloud,
  adoption: Adoption,
  newPortId: (openstackId: string) => string,
  call: CallOptions,
): Promise<ReadServer> {
  const found = await cloud.compute.servers.find(adoption.openstackId, call);
  if (!found || found.status === 'DELETED') throw adopteeGone(adoption);
  if (!isKnown(found)) throw adopteeUnknown(adoption);
  const ports = await cloud.network.ports.list({ deviceId: [found.id] }, call).all();
  return {
    server: serverOf(found, adoption),
    ports: ports.map((port) =>
      portOf(port, { ...adoption, resourceId: newPortId(port.id) }, adoption.resourceId),
    ),
    securityGroupIds: [...new Set(ports.flatMap((port) => port.security_groups))],
  };
}

export async function readPort(cloud: Cloud, adoption: Adoption, call: CallOptions): Promise<PortToAdopt> {
  const port = await cloud.network.ports.find(adoption.openstackId, call);
  if (!port) throw adopteeGone(adoption);
  if (port.device_owner.startsWith('network:')) throw adopteeOfNetwork(adoption);
  if (hangsOnServer(port)) throw adopteeAttached(adoption.openstackId, port.device_id);
  return portOf(port, adoption, null);
}

function serverOf(found: ServerWire, adoption: Adoption): ServerToAdopt {
  const status = STATUS[found.status];
  if (!status || found['OS-EXT-STS:task_state']) throw adopteeUnsettled(adoption, found.status);
  const { [SERVER_MARK]: _mark, ...metadata } = found.metadata ?? {};
  return {
    id: adoption.resourceId,
    projectId: adoption.projectId,
    clusterId: adoption.clusterId,
    taskId: adoption.taskId,
    openstackId: found.id,
    name: found.name,
    status,
    metadata,
    flavor: { openstackId: found.flavor.id ?? null, name: found.flavor.original_name ?? null },
    imageOpenstackId: found.image ? found.image.id : null,
    securityGroups: [],
    observed: {
      status: found.status,
      taskState: null,
      powerState: found['OS-EXT-STS:power_state'] ?? null,
    },
    createdAt: new Date(found.created),
  };
}

const portOf = (
  port: PortWire,
  adoption: Pick<Adoption, 'resourceId' | 'projectId' | 'clusterId'>,
  serverId: string | null,
): PortToAdopt => ({
  id: adoption.resourceId,
  projectId: adoption.projectId,
  clusterId: adoption.clusterId,
  serverId,
  openstackId: port.id,
  openstackNetworkId: port.network_id,
  name: port.name,
  macAddress: port.mac_address,
  fixedIps: port.fixed_ips.map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address })),
  status: port.status,
  adminStateUp: port.admin_state_up,
  revision: port.revision_number ?? null,
  securityGroupIds: port.security_groups,
});

export const adopteeGone = ({ subjectKind, openstackId }: Adoption): Fault =>
  new Fault({
    code: 'adoptee_gone',
    category: 'not_found',
    detail: `The cluster has no ${subjectKind} ${openstackId} any more.`,
  });

const adopteeUnknown = ({ openstackId }: Adoption): Fault =>
  new Fault({
    code: 'cluster_cell_down',
    category: 'unavailable',
    detail: `Server ${openstackId} is in a cell that is down: nothing is known of it.`,
  });

/** Once its cluster has done with it, it can be adopted. */
const adopteeUnsettled = ({ openstackId }: Adoption, status: string): Fault =>
  new Fault({
    code: 'adoptee_unsettled',
    category: 'conflict',
    detail: `Server ${openstackId} is ${status} in its cluster: it can be adopted when it is ACTIVE, SHUTOFF or ERROR and nothing is at work on it.`,
    retryable: false,
    whoCanFix: 'operator',
  });

const adopteeOfNetwork = ({ openstackId }: Adoption): Fault =>
  new Fault({
    code: 'adoptee_of_network',
    category: 'conflict',
    detail: `Port ${openstackId} belongs to the network itself (DHCP, a router): it cannot be a project's.`,
  });

/** A row of ours has it already. */
export const adopteeOurs = ({ subjectKind, openstackId }: Adoption, id: string): Fault =>
  new Fault({
    code: 'adoptee_ours',
    category: 'conflict',
    detail: `The ${subjectKind} ${openstackId} is Ultron's ${id} already.`,
  });
