import { Injectable } from '@nestjs/common';
import { mapByName, unambiguousNames } from '@ultron/cluster/mapping/name-mapping.rules';
import { isId, newId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ClusterFlavor } from './cluster-flavor.entity.js';
import { Flavor } from './flavor.entity.js';
import { type FlavorSize, sizeDifference } from './flavor.rules.js';

/** A flavor as a cluster shows it. */
export interface ShownFlavor extends FlavorSize {
  openstackId: string;
  name: string;
  /** How many servers of it fit on the cluster's hosts one by one; null: not known. */
  fits: number | null;
}

@Injectable()
export class FlavorRepository {
  /**
   * Makes the rows of a cluster equal to a complete list of its flavors. The first cluster that shows a name makes
   * the logical flavor of that name and its size.
   */
  async apply(tx: Transaction, clusterId: string, shown: readonly ShownFlavor[]): Promise<void> {
    const names = new Set(unambiguousNames(shown));
    await this.insertMissing(
      tx,
      shown.filter((flavor) => names.has(flavor.name)),
    );
    const mappings = mapByName(shown, await this.byName(tx, [...names]), sizeDifference);
    await this.deleteOthers(tx, clusterId, shown);
    if (!mappings.length) return;
    const now = new Date();
    await this.upsert(
      tx,
      mappings.map((m) => ({
        ...m.shown,
        clusterId,
        flavorId: m.logicalId,
        reason: m.reason,
        observedAt: now,
      })),
    );
  }

  /** Records that a flavor, just made or found in the cluster, serves the logical one. */
  async map(tx: Transaction, clusterId: string, flavorId: string, shown: ShownFlavor): Promise<void> {
    await this.upsert(tx, [{ ...shown, clusterId, flavorId, reason: null, observedAt: new Date() }]);
  }

  async insert(tx: Transaction, flavor: Flavor): Promise<void> {
    await tx.insert(Flavor, flavor);
  }

  async find(tx: Transaction, nameOrId: string): Promise<Flavor | null> {
    return tx.findOneBy(Flavor, isId(nameOrId) ? [{ id: nameOrId }, { name: nameOrId }] : { name: nameOrId });
  }

  async list(tx: Transaction): Promise<Flavor[]> {
    return tx.find(Flavor, { order: { name: 'ASC' } });
  }

  /** Which flavors the clusters show, mapped or not; of one logical flavor, or all. */
  async listClusterFlavors(tx: Transaction, flavorId?: string): Promise<ClusterFlavor[]> {
    return tx.find(ClusterFlavor, { where: flavorId ? { flavorId } : {}, order: { name: 'ASC' } });
  }

  /** The flavor that serves the logical one in the cluster. */
  async findInCluster(tx: Transaction, flavorId: string, clusterId: string): Promise<ClusterFlavor | null> {
    return tx.findOneBy(ClusterFlavor, { flavorId, clusterId });
  }

  private async insertMissing(tx: Transaction, flavors: readonly ShownFlavor[]): Promise<void> {
    if (!flavors.length) return;
    const now = new Date();
    const rows = flavors
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((flavor) => [newId(), flavor.name, flavor.vcpus, flavor.ramMb, flavor.diskGb, now]);
    // A name that exists keeps its row and its size; unlike INSERT IGNORE no other error is swallowed.
    await tx.query(
      `INSERT INTO flavor (id, name, vcpus, ram_mb, disk_gb, created_at) VALUES ?
       ON DUPLICATE KEY UPDATE id = id`,
      [rows],
    );
  }

  private async byName(tx: Transaction, names: readonly string[]): Promise<Map<string, Flavor>> {
    if (!names.length) return new Map();
    const rows = await tx
      .createQueryBuilder(Flavor, 'flavor')
      .where('flavor.name IN (:...names)', { names })
      .getMany();
    return new Map(rows.map((row) => [row.name, row]));
  }

  private async deleteOthers(
    tx: Transaction,
    clusterId: string,
    shown: readonly ShownFlavor[],
  ): Promise<void> {
    const ids = shown.map((flavor) => flavor.openstackId);
    await tx.query(
      `DELETE FROM cluster_flavor WHERE cluster_id = ? ${ids.length ? 'AND openstack_id NOT IN (?)' : ''}`,
      [clusterId, ids],
    );
  }

  private async upsert(
    tx: Transaction,
    rows: readonly (ShownFlavor & {
      clusterId: string;
      flavorId: string | null;
      reason: string | null;
      observedAt: Date;
    })[],
  ): Promise<void> {
    await tx.query(
      `INSERT INTO cluster_flavor
         (cluster_id, openstack_id, flavor_id, name, vcpus, ram_mb, disk_gb, fits, unmapped_reason, observed_at)
       VALUES ?
       ON DUPLICATE KEY UPDATE flavor_id = VALUES(flavor_id), name = VALUES(name), vcpus = VALUES(vcpus),
         ram_mb = VALUES(ram_mb), disk_gb = VALUES(disk_gb), fits = VALUES(fits), unmapped_reason = VALUES(unmapped_reason),
         observed_at = VALUES(observed_at)`,
      [
        rows.map((row) => [
          row.clusterId,
          row.openstackId,
          row.flavorId,
          row.name,
          row.vcpus,
          row.ramMb,
          row.diskGb,
          row.fits,
          row.reason,
          row.observedAt,
        ]),
      ],
    );
  }
}
