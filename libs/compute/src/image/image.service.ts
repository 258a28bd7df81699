import { Inject, Injectable } from '@nestjs/common';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import { Fault, type FieldFault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { unknownName } from '../offer/known-names.rules.js';
import { Named } from '../offer/offer.js';
import type { ClusterImage } from './cluster-image.entity.js';
import type { Image } from './image.entity.js';
import { ImageRepository } from './image.repository.js';

export interface MappedImage extends Image {
  /** The Glance image of each cluster that serves it. */
  clusters: ClusterImage[];
}

/** Which Glance image of a cluster (name or id) serves a logical one. */
export interface ImageChoice {
  cluster: string;
  /** The image's id in the cluster. */
  openstackId: string;
}

@Injectable()
export class ImageService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ImageRepository) private readonly images: ImageRepository,
    @Inject(FactsRepository) private readonly clusters: FactsRepository,
  ) {}

  async list(): Promise<MappedImage[]> {
    const [images, rows] = await Promise.all([
      this.images.list(this.database.read),
      this.images.listClusterImages(this.database.read),
    ]);
    const byImage = Map.groupBy(rows, (row) => row.imageId);
    return images.map((image) => ({ ...image, clusters: byImage.get(image.id) ?? [] }));
  }

  /** What clusters show and no name may be used for, with the reason. */
  async listUnmapped(): Promise<ClusterImage[]> {
    const rows = await this.images.listClusterImages(this.database.read);
    return rows.filter((row) => row.imageId === null);
  }

  /** @throws Fault `image_not_found`. */
  async get(nameOrId: string): Promise<MappedImage> {
    const image = await this.images.find(this.database.read, nameOrId);
    if (!image) {
      throw new Fault({
        code: 'image_not_found',
        category: 'not_found',
        detail: `There is no image ${nameOrId}.`,
      });
    }
    return { ...image, clusters: await this.images.listClusterImages(this.database.read, image.id) };
  }

  /**
   * Gives Glance images that exist a common name, whatever they are called in their clusters. Discovery leaves these
   * choices alone. A name that exists gets the choices added.
   * @throws Fault `invalid_body`: a cluster, or an image in it, is not known.
   */
  async register(tx: Transaction, name: string, choices: readonly ImageChoice[]): Promise<MappedImage> {
    const found = await this.resolve(tx, choices);
    const image = (await this.images.find(tx, name)) ?? (await this.insert(tx, name));
    for (const { clusterId, openstackId } of found)
      await this.images.pin(tx, image.id, clusterId, openstackId);
    return { ...image, clusters: await this.images.listClusterImages(tx, image.id) };
  }

  private async insert(tx: Transaction, name: string): Promise<Image> {
    const image = { id: newId(), name, createdAt: new Date() };
    await this.images.insert(tx, image);
    return image;
  }

  private async resolve(tx: Transaction, choices: readonly ImageChoice[]) {
    const clusters = new Named(await this.clusters.load(tx));
    const shown = await this.images.listClusterImages(tx);
    const fields: FieldFault[] = [];
    const found = choices.flatMap(({ cluster, openstackId }, i) => {
      const known = clusters.find(cluster);
      if (!known) {
        fields.push({
          pointer: `/clusters/${i}/cluster`,
          detail: unknownName('cluster', cluster, clusters.names()),
        });
        return [];
      }
      if (!shown.some((row) => row.clusterId === known.id && row.openstackId === openstackId)) {
        const detail = `${known.name} shows no active image with this id; probe it if the image is new`;
        fields.push({ pointer: `/clusters/${i}/openstack_id`, detail });
      }
      return [{ clusterId: known.id, openstackId }];
    });
    if (fields.length) {
      throw new Fault({
        code: 'invalid_body',
        category: 'invalid',
        detail: 'An image is not there.',
        fields,
      });
    }
    return found;
  }
}
