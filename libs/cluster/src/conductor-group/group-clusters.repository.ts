import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';

/** A cluster as those who keep it in sync need to know it. */
export interface GroupCluster {
  id: string;
  name: string;
  /** An operator says that it is down, or it was never probed with success. */
  unreadable: boolean;
  capabilities: ReadonlySet<string>;
  /** Types of services of its catalog. */
  services: ReadonlySet<string>;
}

/** The clusters that a conductor group serves. */
@Injectable()
export class GroupClustersRepository {
  async list(tx: Transaction, conductorGroup: string): Promise<GroupCluster[]> {
    const clusters = await tx.query<{ id: string; name: string; unreadable: number }[]>(
      `SELECT c.id, c.name, c.state = 'down' OR c.probe_status = 'pending' AS unreadable
       FROM cluster c JOIN conductor_group g ON g.id = c.conductor_group_id WHERE g.name = ? ORDER BY c.id`,
      [conductorGroup],
    );
    if (clusters.length === 0) return [];
    const ids = clusters.map(({ id }) => id);
    const capabilities = await this.namesOf(tx, 'SELECT cluster_id, name FROM cluster_capability', ids);
    const services = await this.namesOf(
      tx,
      'SELECT cluster_id, service_type AS name FROM cluster_service',
      ids,
    );
    return clusters.map(({ id, name, unreadable }) => ({
      id,
      name,
      unreadable: Number(unreadable) === 1 || !services.has(id),
      capabilities: capabilities.get(id) ?? new Set(),
      services: services.get(id) ?? new Set(),
    }));
  }

  /** The clusters of every group, by its name; groups without clusters as well. */
  async byGroup(tx: Transaction): Promise<Map<string, { id: string; name: string }[]>> {
    const rows = await tx.query<{ group_name: string; id: string | null; name: string | null }[]>(
      `SELECT g.name AS group_name, c.id, c.name FROM conductor_group g
       LEFT JOIN cluster c ON c.conductor_group_id = g.id ORDER BY g.name, c.name`,
    );
    const groups = new Map<string, { id: string; name: string }[]>();
    for (const { group_name: group, id, name } of rows) {
      const clusters = groups.get(group) ?? [];
      if (id !== null && name !== null) clusters.push({ id, name });
      groups.set(group, clusters);
    }
    return groups;
  }

  async ids(tx: Transaction, conductorGroup: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      'SELECT c.id FROM cluster c JOIN conductor_group g ON g.id = c.conductor_group_id WHERE g.name = ?',
      [conductorGroup],
    );
    return rows.map(({ id }) => id);
  }

  private async namesOf(
    tx: Transaction,
    sql: string,
    ids: readonly string[],
  ): Promise<Map<string, Set<string>>> {
    const rows = await tx.query<{ cluster_id: string; name: string }[]>(`${sql} WHERE cluster_id IN (?)`, [
      ids,
    ]);
    const names = new Map<string, Set<string>>();
    for (const { cluster_id: id, name } of rows) names.set(id, (names.get(id) ?? new Set()).add(name));
    return names;
  }
}
