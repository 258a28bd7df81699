import type { NicSpec } from '@ultron/compute/server-nic/server-nic.repository';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import type { ComputeDeps } from '../conductor.deps.js';
import { callOptions } from '../openstack/call-options.js';

/** The port that has the address in the cluster, on the network that the server is to be on; null when none has. */
export async function findHolder(
  deps: Pick<ComputeDeps, 'clouds'>,
  clusterId: string,
  nic: Pick<NicSpec, 'address' | 'openstackNetworkId'>,
  signal: AbortSignal,
): Promise<PortWire | null> {
  if (nic.address === null || nic.openstackNetworkId === null) return null;
  const { ports } = (await deps.clouds.get(clusterId)).network;
  const filter = { networkId: nic.openstackNetworkId, ipAddress: nic.address };
  const found = await ports.list(filter, callOptions(signal)).all();
  return found.find(({ fixed_ips }) => fixed_ips.some((one) => one.ip_address === nic.address)) ?? null;
}
