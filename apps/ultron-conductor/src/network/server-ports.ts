import { Fault } from '@ultron/kernel/fault';
import type { NicSpec } from '@ultron/compute/server-nic/server-nic.repository';
import type { ServerSpec } from '@ultron/compute/server/server-spec.repository';
import type { PortCreateWire, PortWire } from '@ultron/openstack/network/ports.wire';
import type { ComputeDeps } from '../conductor.deps.js';
import { ownerTag, portName, portNames } from '../compute/owner-mark.rules.js';
import { callOptions } from '../openstack/call-options.js';
import { clusterHas } from '../openstack/cluster-features.js';

type Deps = Pick<ComputeDeps, 'clouds' | 'portBatch' | 'securityGroups' | 'database' | 'offers'>;

/** The server whose ports are meant, and how many networks it has. */
export interface PortOwner {
  id: string;
  clusterId: string;
  nics: number;
}

export const portOwner = ({ id, clusterId, nics }: ServerSpec): PortOwner => ({
  id,
  clusterId,
  nics: nics.length,
});

/**
 * The port of the server on one of its networks, made together with those that others want now. In a VPC its address
 * is the plan's choice, else Neutron's.
 */
export async function createPort(
  deps: Deps,
  spec: ServerSpec,
  nic: NicSpec,
  signal: AbortSignal,
): Promise<PortWire> {
  return deps.portBatch.create(spec.clusterId, await portOf(deps, spec, nic), callOptions(signal));
}

/** All ports in the cluster that were made for the server. */
export async function listPorts(
  deps: Pick<Deps, 'clouds'>,
  { id, clusterId, nics }: PortOwner,
  signal: AbortSignal,
): Promise<PortWire[]> {
  const cloud = await deps.clouds.get(clusterId);
  return cloud.network.ports.list({ name: portNames(id, nics) }, callOptions(signal)).all();
}

/** Deletes ports of which the ids are known; one that is gone already is no fault. */
export async function deletePorts(
  deps: Pick<Deps, 'clouds'>,
  clusterId: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const cloud = await deps.clouds.get(clusterId);
  for (const id of ids) await cloud.network.ports.delete(id, callOptions(signal));
}

/** Deletes the ports that the cluster shows as made for the server, except some. */
export async function removePorts(
  deps: Pick<Deps, 'clouds'>,
  owner: PortOwner,
  signal: AbortSignal,
  keep: readonly string[] = [],
): Promise<void> {
  const cloud = await deps.clouds.get(owner.clusterId);
  for (const port of await listPorts(deps, owner, signal)) {
    if (!keep.includes(port.id)) await cloud.network.ports.delete(port.id, callOptions(signal));
  }
}

async function portOf(deps: Deps, spec: ServerSpec, nic: NicSpec): Promise<PortCreateWire> {
  if (nic.openstackNetworkId === null) throw lacks(spec, 'network');
  const groups = await securityGroupIds(deps, spec);
  const tagged = await clusterHas(deps, spec.clusterId, 'port_tags_at_create');
  return {
    network_id: nic.openstackNetworkId,
    name: portName(spec.id, nic.position),
    ...fixedIpOf(nic),
    ...(groups.length ? { security_groups: groups } : {}),
    ...(tagged ? { tags: [ownerTag(spec.id)] } : {}),
  };
}

function fixedIpOf({ address, openstackSubnetId }: NicSpec): Pick<PortCreateWire, 'fixed_ips'> {
  if (address === null || openstackSubnetId === null) return {};
  return { fixed_ips: [{ subnet_id: openstackSubnetId, ip_address: address }] };
}

async function securityGroupIds(deps: Deps, spec: ServerSpec): Promise<string[]> {
  const found = await deps.securityGroups.listNamed(deps.database.read, spec.clusterId, spec.securityGroups);
  return spec.securityGroups.map((name) => {
    const [group, another] = found.filter((candidate) => candidate.name === name);
    if (!group) throw lacks(spec, `security group '${name}'`);
    if (another) throw ambiguous(spec, name);
    return group.openstackId;
  });
}

/** Its category sends the server to another cluster: what was mapped when it was placed is not there any more. */
export function lacks(spec: ServerSpec, what: string): Fault {
  return new Fault({
    code: 'cluster_lacks_resource',
    category: 'capacity',
    detail: `${spec.clusterName} has no ${what} for server ${spec.name} any more.`,
    retryable: false,
    whoCanFix: 'operator',
  });
}

function ambiguous(spec: ServerSpec, name: string): Fault {
  return new Fault({
    code: 'security_group_ambiguous',
    category: 'conflict',
    detail: `${spec.clusterName} has several security groups named '${name}'; give them different names.`,
    whoCanFix: 'operator',
  });
}
