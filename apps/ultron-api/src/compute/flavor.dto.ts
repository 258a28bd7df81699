import type { ClusterFlavor } from '@ultron/compute/flavor/cluster-flavor.entity';
import type { MappedFlavor } from '@ultron/compute/flavor/flavor.service';
import { Id, Integer, Part, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';
import { AcceptedTask } from '../task/task.dto.js';

const Vcpus = () => Integer({ description: 'Virtual processors.', min: 1, max: 1024, example: 2 });
const RamMb = () => Integer({ description: 'Memory in MiB.', min: 1, max: 16_777_216, example: 4096 });
const DiskGb = () =>
  Integer({ description: 'Disk in GiB; 0 is that of the image.', min: 0, max: 65_536, example: 40 });

export class FlavorCreateBody {
  @Text({
    description: 'Unique among the flavors.',
    example: 'm1.medium',
    pattern: /^[A-Za-z0-9][A-Za-z0-9 ._-]*$/,
    patternText: 'letters, digits, spaces and . _ -, beginning with a letter or digit',
  })
  name!: string;

  @Vcpus()
  vcpus!: number;

  @RamMb()
  ram_mb!: number;

  @DiskGb()
  disk_gb!: number;
}

export class NamedThingQuery extends PageQuery {
  @Text({ description: 'Only the one of this name.', optional: true })
  name?: string;

  @SortBy(['name'])
  sort?: string;
}

export class ClusterFlavorView {
  @Id({ description: 'The cluster.' })
  cluster_id!: string;

  @Text({ description: 'The id of the flavor there.', example: '3' })
  openstack_id!: string;

  @Integer({
    description: 'How many servers of it fit there, as last seen; null: not known.',
    nullable: true,
    example: 120,
  })
  fits!: number | null;

  @Time({ description: 'When that was seen.' })
  observed_at!: string;
}

export class FlavorBody {
  @Id({ description: 'The id of the flavor.' })
  id!: string;

  @Text({ description: 'Its name.', example: 'm1.medium' })
  name!: string;

  @Vcpus()
  vcpus!: number;

  @RamMb()
  ram_mb!: number;

  @DiskGb()
  disk_gb!: number;

  @Parts(() => ClusterFlavorView, { description: 'The clusters that have it in this size.', max: 1000 })
  clusters!: ClusterFlavorView[];

  @Time({ description: 'When it was first seen or made.' })
  created_at!: string;
}

export class FlavorList {
  @Parts(() => FlavorBody, { description: 'The flavors of this page.', max: 1000 })
  flavors!: FlavorBody[];

  @NextLink()
  next!: string | null;
}

export class FlavorAccepted {
  @Part(() => FlavorBody, { description: 'The flavor; clusters appear with the task.' })
  flavor!: FlavorBody;

  @Part(() => AcceptedTask, { description: 'The parent of one task per cluster.' })
  task!: AcceptedTask;
}

export const flavorView = (flavor: MappedFlavor): FlavorBody => ({
  id: flavor.id,
  name: flavor.name,
  vcpus: flavor.vcpus,
  ram_mb: flavor.ramMb,
  disk_gb: flavor.diskGb,
  clusters: flavor.clusters.map(clusterFlavorView),
  created_at: flavor.createdAt.toISOString(),
});

const clusterFlavorView = (row: ClusterFlavor): ClusterFlavorView => ({
  cluster_id: row.clusterId,
  openstack_id: row.openstackId,
  fits: row.fits,
  observed_at: row.observedAt.toISOString(),
});
