import { Inject, Injectable } from '@nestjs/common';
import { FlavorRepository } from '@ultron/compute/flavor/flavor.repository';
import { ImageRepository } from '@ultron/compute/image/image.repository';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import { Database } from '@ultron/platform/database/database.service';
import { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import type { ClusterMappingView, MappedView } from './cluster.view.js';

interface Shown {
  clusterId: string;
  openstackId: string;
  name: string;
  unmappedReason: string | null;
}

/** What a cluster shows of flavors, images and networks, and what of it is in use under a logical name. */
@Injectable()
export class ClusterMappingReader {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(FlavorRepository) private readonly flavors: FlavorRepository,
    @Inject(ImageRepository) private readonly images: ImageRepository,
    @Inject(NetworkRepository) private readonly networks: NetworkRepository,
    @Inject(SecurityGroupRepository) private readonly securityGroups: SecurityGroupRepository,
  ) {}

  async read(clusterId: string): Promise<ClusterMappingView> {
    const { read } = this.database;
    const [flavors, images, networks, groups] = await Promise.all([
      this.flavors.listClusterFlavors(read),
      this.images.listClusterImages(read),
      this.networks.listClusterNetworks(read),
      this.securityGroups.list(read),
    ]);
    return {
      flavors: of(clusterId, flavors, (row) => row.flavorId),
      images: of(clusterId, images, (row) => row.imageId),
      networks: of(clusterId, networks, (row) => row.networkId),
      security_groups: groups
        .filter((row) => row.clusterId === clusterId)
        .map((row) => ({ openstack_id: row.openstackId, name: row.name })),
    };
  }
}

const of = <Row extends Shown>(
  clusterId: string,
  rows: readonly Row[],
  logicalId: (row: Row) => string | null,
): MappedView[] =>
  rows
    .filter((row) => row.clusterId === clusterId)
    .map((row) => ({
      openstack_id: row.openstackId,
      name: row.name,
      mapped_to: logicalId(row),
      unmapped_reason: row.unmappedReason,
    }));
