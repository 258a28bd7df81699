import type { ClusterNetwork } from '@ultron/network/network/cluster-network.entity';
import type { Network } from '@ultron/network/network/network.entity';
import { Bool, Id, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';

export class NetworkQuery extends PageQuery {
  @Text({ description: 'Only the network of this name.', example: 'private', optional: true })
  name?: string;

  @SortBy(['name'])
  sort?: string;
}

export class ClusterNetworkView {
  @Id({ description: 'The cluster.' })
  cluster_id!: string;

  @Text({ description: 'The id of the network there.', example: '0d1b2b4f-6d80-4a3c-9e5f-9b7d8c6a4e2f' })
  openstack_id!: string;

  @Bool({ description: 'Whether it leads out of the cluster.', example: false })
  external!: boolean;

  @Time({ description: 'When it was last seen.' })
  observed_at!: string;
}

export class NetworkBody {
  @Id({ description: 'The id of the network.' })
  id!: string;

  @Text({ description: 'Its name.', example: 'private' })
  name!: string;

  @Parts(() => ClusterNetworkView, { description: 'The clusters that have it.', max: 1000 })
  clusters!: ClusterNetworkView[];

  @Time({ description: 'When it was first seen.' })
  created_at!: string;
}

export class NetworkList {
  @Parts(() => NetworkBody, { description: 'The networks of this page.', max: 1000 })
  networks!: NetworkBody[];

  @NextLink()
  next!: string | null;
}

export const networkView = (network: Network, rows: readonly ClusterNetwork[]): NetworkBody => ({
  id: network.id,
  name: network.name,
  clusters: rows.map((row) => ({
    cluster_id: row.clusterId,
    openstack_id: row.openstackId,
    external: row.external,
    observed_at: row.observedAt.toISOString(),
  })),
  created_at: network.createdAt.toISOString(),
});
