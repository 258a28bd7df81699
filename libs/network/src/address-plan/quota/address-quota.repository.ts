import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';

export interface QuotaRow {
  projectId: string;
  /** Null: as many as the configuration says. */
  addresses: number | null;
}

/** How many addresses projects may hold, and do. */
@Injectable()
export class AddressQuotaRepository {
  async find(tx: Transaction, projectId: string): Promise<QuotaRow | null> {
    const [row] = await select<QuotaRow>(
      tx,
      'SELECT project_id AS projectId, addresses FROM address_quota WHERE project_id = ?',
      [projectId],
    );
    return row ?? null;
  }

  async set(tx: Transaction, { projectId, addresses }: QuotaRow): Promise<void> {
    await change(
      tx,
      `INSERT INTO address_quota (project_id, addresses, updated_at) VALUES (?, ?, UTC_TIMESTAMP(6))
       ON DUPLICATE KEY UPDATE addresses = VALUES(addresses), updated_at = VALUES(updated_at)`,
      [projectId, addresses],
    );
  }

  async remove(tx: Transaction, projectId: string): Promise<void> {
    await change(tx, 'DELETE FROM address_quota WHERE project_id = ?', [projectId]);
  }

  /** The quotas of the projects of these VPCs; null where the project has none of its own. */
  async ofVpcs(
    tx: Transaction,
    vpcIds: readonly string[],
  ): Promise<{ vpcId: string; projectId: string; addresses: number | null }[]> {
    return select(
      tx,
      `SELECT v.id AS vpcId, v.project_id AS projectId, q.addresses
         FROM vpc v LEFT JOIN address_quota q ON q.project_id = v.project_id WHERE v.id IN (?)`,
      [vpcIds],
    );
  }

  /** Makes the allocations of a project wait for each other, so that what it holds can be counted. */
  async lock(tx: Transaction, projectId: string): Promise<void> {
    // A project without a row of its own would have none to lock.
    await change(
      tx,
      `INSERT INTO address_quota (project_id, addresses, updated_at) VALUES (?, NULL, UTC_TIMESTAMP(6))
       ON DUPLICATE KEY UPDATE project_id = VALUES(project_id)`,
      [projectId],
    );
  }

  /** Addresses that the project holds: reserved, bound and cooling ones, and what was taken out of its segments. */
  async heldBy(tx: Transaction, projectId: string): Promise<number> {
    const [row] = await select<{ held: string | number | null }>(
      tx,
      `SELECT SUM(s.held - s.infra) AS held FROM vpc v JOIN segment s ON s.vpc_id = v.id WHERE v.project_id = ?`,
      [projectId],
    );
    return Number(row?.held ?? 0);
  }
}
