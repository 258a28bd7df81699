import type { ClusterObservations } from '@ultron/cluster/cluster/cluster-observation.service';
import type { FlavorRepository } from '@ultron/compute/flavor/flavor.repository';
import type { ImageRepository } from '@ultron/compute/image/image.repository';
import type { NetworkRepository } from '@ultron/network/network/network.repository';
import type { CallObserver } from '@ultron/openstack/observer';
import type { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import type { HostRatios } from './host-ratios.js';

/** What the sagas and loops about clusters work with. */
export interface ClusterDeps {
  observations: ClusterObservations;
  flavors: FlavorRepository;
  images: ImageRepository;
  networks: NetworkRepository;
  securityGroups: SecurityGroupRepository;
  ratios: HostRatios;
  observer: (clusterId: string) => CallObserver;
}
