import { RawCloud, type ClusterAccess } from '../shape/raw-cloud.js';

/**
 * A network called `private` in the project, with a subnet; gives what removes it again, which fails while something
 * is still connected to it.
 */
export async function ownNetwork(access: ClusterAccess): Promise<() => Promise<void>> {
  const cloud = await RawCloud.login(access);
  const { network } = await cloud.must<{ network: { id: string } }>('network', 'POST', '/v2.0/networks', {
    body: { network: { name: 'private' } },
  });
  await cloud.must('network', 'POST', '/v2.0/subnets', {
    body: { subnet: { network_id: network.id, name: 'private', ip_version: 4, cidr: '10.80.0.0/16' } },
  });
  return () => cloud.must('network', 'DELETE', `/v2.0/networks/${network.id}`);
}
