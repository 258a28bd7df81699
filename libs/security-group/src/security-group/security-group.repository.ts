import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ClusterSecurityGroup } from './cluster-security-group.entity.js';

/** A security group as a cluster shows it. */
export interface ShownSecurityGroup {
  openstackId: string;
  name: string;
}

@Injectable()
export class SecurityGroupRepository {
  /** Makes the rows of a cluster equal to a complete list of its security groups. */
  async apply(tx: Transaction, clusterId: string, shown: readonly ShownSecurityGroup[]): Promise<void> {
    const ids = shown.map((group) => group.openstackId);
    await tx.query(
      `DELETE FROM cluster_security_group WHERE cluster_id = ? ${ids.length ? 'AND openstack_id NOT IN (?)' : ''}`,
      [clusterId, ids],
    );
    if (!shown.length) return;
    const now = new Date();
    await tx.query(
      `INSERT INTO cluster_security_group (cluster_id, openstack_id, name, observed_at) VALUES ?
       ON DUPLICATE KEY UPDATE name = VALUES(name), observed_at = VALUES(observed_at)`,
      [shown.map((group) => [clusterId, group.openstackId, group.name, now])],
    );
  }

  async list(tx: Transaction): Promise<ClusterSecurityGroup[]> {
    return tx.find(ClusterSecurityGroup, { order: { name: 'ASC' } });
  }

  /** The groups of a cluster that bear one of the names. */
  async listNamed(
    tx: Transaction,
    clusterId: string,
    names: readonly string[],
  ): Promise<ClusterSecurityGroup[]> {
    if (!names.length) return [];
    return tx
      .createQueryBuilder(ClusterSecurityGroup, 'group')
      .where('group.clusterId = :clusterId AND group.name IN (:...names)', { clusterId, names })
      .getMany();
  }
}
