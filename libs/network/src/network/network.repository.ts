import { Injectable } from '@nestjs/common';
import { mapByName, unambiguousNames } from '@ultron/cluster/mapping/name-mapping.rules';
import { isId, newId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ClusterNetwork } from './cluster-network.entity.js';
import { Network } from './network.entity.js';

/** A network as a cluster shows it. */
export interface ShownNetwork {
  openstackId: string;
  name: string;
  external: boolean;
}

@Injectable()
export class NetworkRepository {
  /**
   * Makes the rows of a cluster equal to a complete list of its networks. The first cluster that shows a name makes
   * the logical network of that name. What is pinned stays as it is, also when it is mapped to none.
   */
  async apply(tx: Transaction, clusterId: string, shown: readonly ShownNetwork[]): Promise<void> {
    const names = unambiguousNames(shown);
    await this.insertMissing(tx, names);
    const mappings = mapByName(shown, await this.byName(tx, names));
    await this.deleteOthers(tx, clusterId, shown);
    if (!mappings.length) return;
    const now = new Date();
    await tx.query(
      `INSERT INTO cluster_network
         (cluster_id, openstack_id, network_id, name, is_external, unmapped_reason, observed_at) VALUES ?
       ON DUPLICATE KEY UPDATE network_id = IF(pinned, network_id, VALUES(network_id)), name = VALUES(name),
         is_external = VALUES(is_external), unmapped_reason = IF(pinned, unmapped_reason, VALUES(unmapped_reason)), observed_at = VALUES(observed_at)`,
      [
        mappings.map((m) => [
          clusterId,
          m.shown.openstackId,
          m.logicalId,
          m.shown.name,
          m.shown.external,
          m.reason,
          now,
        ]),
      ],
    );
  }

  async find(tx: Transaction, nameOrId: string): Promise<Network | null> {
    return tx.findOneBy(
      Network,
      isId(nameOrId) ? [{ id: nameOrId }, { name: nameOrId }] : { name: nameOrId },
    );
  }

  async list(tx: Transaction): Promise<Network[]> {
    return tx.find(Network, { order: { name: 'ASC' } });
  }

  /** Which Neutron networks the clusters show, mapped or not; of one logical network, or all. */
  async listClusterNetworks(tx: Transaction, networkId?: string): Promise<ClusterNetwork[]> {
    return tx.find(ClusterNetwork, { where: networkId ? { networkId } : {}, order: { name: 'ASC' } });
  }

  /** The Neutron network that serves the logical one in the cluster. */
  async findInCluster(tx: Transaction, networkId: string, clusterId: string): Promise<ClusterNetwork | null> {
    return tx.findOneBy(ClusterNetwork, { networkId, clusterId });
  }

  private async insertMissing(tx: Transaction, names: readonly string[]): Promise<void> {
    if (!names.length) return;
    const now = new Date();
    // A name that exists keeps its row: the update of `id` to itself changes nothing, and unlike INSERT IGNORE no
    // other error is swallowed.
    await tx.query('INSERT INTO network (id, name, created_at) VALUES ? ON DUPLICATE KEY UPDATE id = id', [
      names.toSorted().map((name) => [newId(), name, now]),
    ]);
  }

  private async byName(tx: Transaction, names: readonly string[]): Promise<Map<string, Network>> {
    if (!names.length) return new Map();
    const rows = await tx
      .createQueryBuilder(Network, 'network')
      .where('network.name IN (:...names)', { names })
      .getMany();
    return new Map(rows.map((row) => [row.name, row]));
  }

  private async deleteOthers(
    tx: Transaction,
    clusterId: string,
    shown: readonly ShownNetwork[],
  ): Promise<void> {
    const ids = shown.map((network) => network.openstackId);
    await tx.query(
      `DELETE FROM cluster_network WHERE cluster_id = ? AND pinned = 0 ${ids.length ? 'AND openstack_id NOT IN (?)' : ''}`,
      [clusterId, ids],
    );
  }
}
