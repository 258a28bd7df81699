import { Fault } from '@ultron/kernel/fault';
import type { Port } from '@ultron/network/port/port.entity';
import type { PortIntent, SeenPort } from '@ultron/network/port/port.repository';
import type { PortCreateWire, PortUpdateRequestWire, PortWire } from '@ultron/openstack/network/ports.wire';
import { clusterHas } from '../openstack/cluster-features.js';
import { neutronMark, neutronTag } from './neutron-marks.rules.js';
import type { PortNetworkDeps } from './port-network.deps.js';

type Deps = Pick<PortNetworkDeps, 'database' | 'offers' | 'networks' | 'portPlaces' | 'securityGroups'>;

/** The body that makes the port in its cluster, with the address that the plan gave it. */
export async function portCreateWire(
  deps: Deps,
  port: Port,
  openstackPolicyId: string | null,
): Promise<PortCreateWire> {
  const tagged = await clusterHas(deps, port.clusterId, 'port_tags_at_create');
  return {
    ...(await placeWire(deps, port)),
    ...(await intentWire(deps, port.clusterId, port, openstackPolicyId, true)),
    name: neutronMark(port.id),
    ...(tagged ? { tags: [neutronTag(port.id)] } : {}),
  };
}

async function placeWire(deps: Deps, port: Port): Promise<Pick<PortCreateWire, 'network_id' | 'fixed_ips'>> {
  const { read } = deps.database;
  const [wanted] = port.fixedIps;
  if (port.segmentId !== null) {
    const place = await deps.portPlaces.findSegment(read, port.segmentId);
    const { openstackNetworkId: network_id, openstackSubnetId: subnet_id } = place ?? {};
    if (!network_id || !subnet_id || !wanted) throw lacks(`segment ${port.segmentId} of the port`);
    return { network_id, fixed_ips: [{ subnet_id, ip_address: wanted.ip_address }] };
  }
  const network = port.networkId && (await deps.networks.findInCluster(read, port.networkId, port.clusterId));
  if (!network) throw lacks(`network ${port.networkId} of the port`);
  const fixed = wanted ? { fixed_ips: [{ ip_address: wanted.ip_address }] } : {};
  return { network_id: network.openstackId, ...fixed };
}

/** What the caller decides about a port, as Neutron takes it. What is null is left as the cluster has it. */
export async function intentWire(
  deps: Pick<Deps, 'database' | 'securityGroups'>,
  clusterId: string,
  intent: PortIntent,
  openstackPolicyId: string | null,
  fresh = false,
): Promise<PortUpdateRequestWire['port']> {
  const { portSecurityEnabled, allowedAddressPairs, securityGroups } = intent;
  const groups = portSecurityEnabled === false ? [] : securityGroups;
  return {
    description: intent.name || intent.description,
    admin_state_up: intent.adminStateUp,
    ...(portSecurityEnabled === null ? {} : { port_security_enabled: portSecurityEnabled }),
    // Clusters without the extension refuse even an empty list.
    ...(fresh && allowedAddressPairs.length === 0 ? {} : { allowed_address_pairs: pairsWire(intent) }),
    ...(groups === null ? {} : { security_groups: await groupIds(deps, clusterId, groups) }),
    ...(fresh && openstackPolicyId === null ? {} : { qos_policy_id: openstackPolicyId }),
  };
}

const pairsWire = ({ allowedAddressPairs }: PortIntent) =>
  allowedAddressPairs.map(({ ip_address, mac_address }) => ({
    ip_address,
    ...(mac_address === undefined ? {} : { mac_address }),
  }));

async function groupIds(
  deps: Pick<Deps, 'database' | 'securityGroups'>,
  clusterId: string,
  names: readonly string[],
): Promise<string[]> {
  const found = await deps.securityGroups.listNamed(deps.database.read, clusterId, names);
  return names.map((name) => {
    const group = found.find((candidate) => candidate.name === name);
    if (!group) throw lacks(`security group '${name}'`);
    return group.openstackId;
  });
}

export const seenPort = (port: PortWire): SeenPort => ({
  openstackId: port.id,
  macAddress: port.mac_address,
  fixedIps: port.fixed_ips,
  status: port.status,
  revisionNumber: port.revision_number ?? null,
});

function lacks(what: string): Fault {
  return new Fault({
    code: 'cluster_lacks_resource',
    category: 'conflict',
    detail: `The cluster does not have ${what} any more.`,
    retryable: false,
    whoCanFix: 'operator',
  });
}
