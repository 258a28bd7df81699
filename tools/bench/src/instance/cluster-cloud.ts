import { Cloud } from '@ultron/openstack/cloud';
import type { SimulatedCluster } from '@ultron/openstack-sim/simulator';

/** The cluster as its administrator sees it, without Ultron. */
export function cloudOf({ authUrl: url, ...cluster }: SimulatedCluster): Cloud {
  const { username, password, projectName, region, name } = cluster;
  const domains = { userDomainName: 'Default', projectDomainName: 'Default' };
  return new Cloud({
    cluster: name,
    region,
    auth: { url, password: { username, password, projectName, ...domains } },
  });
}
