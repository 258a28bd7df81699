import type { ClusterObservations } from '@ultron/cluster/cluster/cluster-observation.service';
import type { FlavorRepository } from '@ultron/compute/flavor/flavor.repository';
import type { ImageRepository } from '@ultron/compute/image/image.repository';
import type { NetworkRepository } from '@ultron/network/network/network.repository';
import type { CloudOptions } from '@ultron/openstack/cloud.options';
import type { CallObserver } from '@ultron/openstack/observer';
import type { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import type { HostRatios } from './host-ratios.js';

/** How long a probe waits, and how often it tries. */
export type ProbePatience = Pick<CloudOptions, 'timeouts' | 'attempts'>;

/** What the sagas and loops about clusters work with. */
export interface ClusterDeps {
  observations: ClusterObservations;
  flavors: FlavorRepository;
  images: ImageRepository;
  networks: NetworkRepository;
  securityGroups: SecurityGroupRepository;
  ratios: HostRatios;
  observer: (clusterId: string) => CallObserver;
  /** How long a probe waits for answers; see `PATIENCE` for what holds unless told. */
  probePatience?: ProbePatience;
}
