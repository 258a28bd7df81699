import { Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { insertRows } from './chunked-insert.js';

/** Writes down the room that there is: only the hour that has just ended can be told. */
@Injectable()
export class CapacitySums {
  async sumUp(tx: Transaction, hour: Date): Promise<void> {
    await this.clusters(tx, hour);
    await this.flavors(tx, hour);
    await this.projects(tx, hour);
  }

  private async clusters(tx: Transaction, hour: Date): Promise<void> {
    await change(tx, 'DELETE FROM report_capacity WHERE hour = ?', [hour]);
    const clusters = await select<{ cluster_id: string }>(tx, 'SELECT cluster_id FROM cluster_capacity');
    for (const { cluster_id: clusterId } of clusters) {
      await change(
        tx,
        `INSERT INTO report_capacity (id, hour, cluster_id, servers, vcpus, vcpus_used, ram_mb, ram_mb_used, disk_gb,
           disk_gb_used, addresses, addresses_used, observed_at)
         SELECT ?, ?, c.cluster_id, c.servers, c.vcpus, c.vcpus_used, c.ram_mb, c.ram_mb_used, c.disk_gb, c.disk_gb_used,
                COALESCE((SELECT SUM(POW(2, LEAST(62, IF(LENGTH(g.base) = 4, 32, 128) - g.prefix)) - g.infra)
                          FROM segment g WHERE g.cluster_id = c.cluster_id AND g.state = 'active'), 0),
                COALESCE((SELECT SUM(g.held) FROM segment g
                          WHERE g.cluster_id = c.cluster_id AND g.state = 'active'), 0),
                c.observed_at
         FROM cluster_capacity c WHERE c.cluster_id = ?`,
        [newId(), hour, clusterId],
      );
    }
  }

  /** How many servers of each flavor still fit. */
  private async flavors(tx: Transaction, hour: Date): Promise<void> {
    await change(tx, 'DELETE FROM report_flavor_capacity WHERE hour = ?', [hour]);
    const rows = await select<Record<'cluster_id' | 'flavor_id' | 'name' | 'fits' | 'observed_at', unknown>>(
      tx,
      `SELECT cluster_id, flavor_id, name, fits, observed_at FROM cluster_flavor
       WHERE flavor_id IS NOT NULL AND fits IS NOT NULL`,
    );
    await insertRows(
      tx,
      'INSERT INTO report_flavor_capacity (id, hour, cluster_id, flavor_id, flavor, servers_left, observed_at)',
      rows.map((row) => [newId(), hour, row.cluster_id, row.flavor_id, row.name, row.fits, row.observed_at]),
    );
  }

  /** A project has no room of its own but what its quota leaves; who has none takes what clusters have. */
  private async projects(tx: Transaction, hour: Date): Promise<void> {
    await change(tx, 'DELETE FROM report_project_capacity WHERE hour = ?', [hour]);
    const rows = await select<Record<'project_id' | 'addresses' | 'held', unknown>>(
      tx,
      `SELECT q.project_id, q.addresses, COALESCE(SUM(g.held - g.infra), 0) AS held
       FROM address_quota q
       LEFT JOIN vpc v ON v.project_id = q.project_id LEFT JOIN segment g ON g.vpc_id = v.id
       WHERE q.addresses IS NOT NULL GROUP BY q.project_id, q.addresses`,
    );
    await insertRows(
      tx,
      'INSERT INTO report_project_capacity (id, hour, project_id, addresses, addresses_used)',
      rows.map((row) => [newId(), hour, row.project_id, row.addresses, row.held]),
    );
  }
}
