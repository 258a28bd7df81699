import { Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';

/** Writes down the room that there is: only the hour that has just ended can be told. */
@Injectable()
export class CapacitySums {
  /** What clusters have and use now: only the hour that has just ended can be told. */
  async sumUp(tx: Transaction, hour: Date): Promise<void> {
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
}
