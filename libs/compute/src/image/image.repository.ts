import { Injectable } from '@nestjs/common';
import { mapByName, unambiguousNames, type NameMapping } from '@ultron/cluster/mapping/name-mapping.rules';
import { isId, newId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ClusterImage } from './cluster-image.entity.js';
import { Image } from './image.entity.js';

/** An active image as a cluster shows it. */
export interface ShownImage {
  openstackId: string;
  name: string;
  minDiskGb: number;
  minRamMb: number;
}

@Injectable()
export class ImageRepository {
  /**
   * Makes the rows of a cluster equal to a complete list of its active images. The first cluster that shows a name
   * makes the logical image of that name; what an operator mapped by hand stays so.
   */
  async apply(tx: Transaction, clusterId: string, shown: readonly ShownImage[]): Promise<void> {
    const pinned = await tx.findBy(ClusterImage, { clusterId, pinned: true });
    const names = unambiguousNames(shown);
    await this.insertMissing(tx, names);
    const mappings = mapByName(shown, await this.byName(tx, names));
    await this.deleteOthers(tx, clusterId, shown);
    await this.upsert(tx, clusterId, keepPinned(mappings, pinned));
  }

  /** Records that an operator wants this Glance image of the cluster to serve the logical one. */
  async pin(tx: Transaction, imageId: string, clusterId: string, openstackId: string): Promise<void> {
    await tx.query(
      `UPDATE cluster_image SET image_id = NULL, pinned = 0, unmapped_reason = 'another image was chosen by hand'
       WHERE cluster_id = ? AND image_id = ?`,
      [clusterId, imageId],
    );
    await tx.update(
      ClusterImage,
      { clusterId, openstackId },
      { imageId, pinned: true, unmappedReason: null },
    );
  }

  async insert(tx: Transaction, image: Image): Promise<void> {
    await tx.insert(Image, image);
  }

  async find(tx: Transaction, nameOrId: string): Promise<Image | null> {
    return tx.findOneBy(Image, isId(nameOrId) ? [{ id: nameOrId }, { name: nameOrId }] : { name: nameOrId });
  }

  async list(tx: Transaction): Promise<Image[]> {
    return tx.find(Image, { order: { name: 'ASC' } });
  }

  /** Which images the clusters show, mapped or not; of one logical image, or all. */
  async listClusterImages(tx: Transaction, imageId?: string): Promise<ClusterImage[]> {
    return tx.find(ClusterImage, { where: imageId ? { imageId } : {}, order: { name: 'ASC' } });
  }

  /** The image that serves the logical one in the cluster. */
  async findInCluster(tx: Transaction, imageId: string, clusterId: string): Promise<ClusterImage | null> {
    return tx.findOneBy(ClusterImage, { imageId, clusterId });
  }

  private async insertMissing(tx: Transaction, names: readonly string[]): Promise<void> {
    if (!names.length) return;
    const now = new Date();
    await tx.query('INSERT INTO image (id, name, created_at) VALUES ? ON DUPLICATE KEY UPDATE id = id', [
      names.toSorted().map((name) => [newId(), name, now]),
    ]);
  }

  private async byName(tx: Transaction, names: readonly string[]): Promise<Map<string, Image>> {
    if (!names.length) return new Map();
    const rows = await tx
      .createQueryBuilder(Image, 'image')
      .where('image.name IN (:...names)', { names })
      .getMany();
    return new Map(rows.map((row) => [row.name, row]));
  }

  private async deleteOthers(
    tx: Transaction,
    clusterId: string,
    shown: readonly ShownImage[],
  ): Promise<void> {
    const ids = shown.map((image) => image.openstackId);
    await tx.query(
      `DELETE FROM cluster_image WHERE cluster_id = ? ${ids.length ? 'AND openstack_id NOT IN (?)' : ''}`,
      [clusterId, ids],
    );
  }

  private async upsert(
    tx: Transaction,
    clusterId: string,
    mappings: readonly (NameMapping<ShownImage> & { pinned: boolean })[],
  ): Promise<void> {
    if (!mappings.length) return;
    const now = new Date();
    await tx.query(
      `INSERT INTO cluster_image
         (cluster_id, openstack_id, image_id, name, min_disk_gb, min_ram_mb, pinned, unmapped_reason, observed_at)
       VALUES ?
       ON DUPLICATE KEY UPDATE image_id = VALUES(image_id), name = VALUES(name), min_disk_gb = VALUES(min_disk_gb),
         min_ram_mb = VALUES(min_ram_mb), pinned = VALUES(pinned), unmapped_reason = VALUES(unmapped_reason),
         observed_at = VALUES(observed_at)`,
      [
        mappings.map((m) => [
          clusterId,
          m.shown.openstackId,
          m.logicalId,
          m.shown.name,
          m.shown.minDiskGb,
          m.shown.minRamMb,
          m.pinned,
          m.reason,
          now,
        ]),
      ],
    );
  }
}

/** Lays what was chosen by hand over what was found by name; a logical image keeps one image per cluster. */
function keepPinned(
  mappings: readonly NameMapping<ShownImage>[],
  pinned: readonly ClusterImage[],
): (NameMapping<ShownImage> & { pinned: boolean })[] {
  const byOpenstackId = new Map(pinned.map((row) => [row.openstackId, row]));
  const taken = new Set(pinned.map((row) => row.imageId));
  return mappings.map((mapping) => {
    const choice = byOpenstackId.get(mapping.shown.openstackId);
    if (choice) return { shown: mapping.shown, logicalId: choice.imageId, reason: null, pinned: true };
    if (mapping.logicalId === null || !taken.has(mapping.logicalId)) return { ...mapping, pinned: false };
    return {
      shown: mapping.shown,
      logicalId: null,
      reason: 'another image was chosen by hand',
      pinned: false,
    };
  });
}
