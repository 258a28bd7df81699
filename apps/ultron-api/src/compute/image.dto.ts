import type { ClusterImage } from '@ultron/compute/image/cluster-image.entity';
import type { MappedImage } from '@ultron/compute/image/image.service';
import { Bool, Id, Integer, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink } from '../http/paging/page.query.js';

export class ImageChoiceBody {
  @Text({ description: 'The cluster: name or id.', example: 'east-1' })
  cluster!: string;

  @Text({
    description: "The image's id in the cluster.",
    example: '5f4e3d2c-1b0a-4998-8776-655443322110',
    max: 64,
  })
  openstack_id!: string;
}

export class ImageCreateBody {
  @Text({ description: 'The common name; one that exists gets the choices added.', example: 'debian-13' })
  name!: string;

  @Parts(() => ImageChoiceBody, { description: 'Which image serves it in which cluster.', min: 1, max: 1000 })
  clusters!: ImageChoiceBody[];
}

export class ClusterImageView {
  @Id({ description: 'The cluster.' })
  cluster_id!: string;

  @Text({ description: 'The id of the image there.', example: '5f4e3d2c-1b0a-4998-8776-655443322110' })
  openstack_id!: string;

  @Text({ description: 'Its name there.', example: 'debian-13-2026-11', min: 0 })
  name!: string;

  @Integer({ description: 'The least disk of a flavor for it, in GiB.', min: 0, example: 2 })
  min_disk_gb!: number;

  @Integer({ description: 'The least memory of a flavor for it, in MiB.', min: 0, example: 512 })
  min_ram_mb!: number;

  @Bool({ description: 'Whether an operator chose it, rather than its name.', example: false })
  pinned!: boolean;

  @Time({ description: 'When it was last seen.' })
  observed_at!: string;
}

export class ImageBody {
  @Id({ description: 'The id of the image.' })
  id!: string;

  @Text({ description: 'Its name.', example: 'debian-13' })
  name!: string;

  @Parts(() => ClusterImageView, { description: 'The clusters that have it.', max: 1000 })
  clusters!: ClusterImageView[];

  @Time({ description: 'When it was first seen or registered.' })
  created_at!: string;
}

export class ImageList {
  @Parts(() => ImageBody, { description: 'The images of this page.', max: 1000 })
  images!: ImageBody[];

  @NextLink()
  next!: string | null;
}

export const imageView = (image: MappedImage): ImageBody => ({
  id: image.id,
  name: image.name,
  clusters: image.clusters.map(clusterImageView),
  created_at: image.createdAt.toISOString(),
});

const clusterImageView = (row: ClusterImage): ClusterImageView => ({
  cluster_id: row.clusterId,
  openstack_id: row.openstackId,
  name: row.name,
  min_disk_gb: row.minDiskGb,
  min_ram_mb: row.minRamMb,
  pinned: row.pinned,
  observed_at: row.observedAt.toISOString(),
});
