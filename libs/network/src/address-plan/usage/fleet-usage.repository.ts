import { Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';

/** Addresses of one VPC in one cluster, as counters of segments tell. */
export interface FleetUsage {
  vpcId: string;
  clusterId: string;
  cluster: string;
  free: number;
  coming: number;
  infra: number;
  reserved: number;
  cooling: number;
  /** What ports have, also those that are not ours. */
  used: number;
  /** Addresses handed out per second at present. */
  rate: number;
  /** No address was handed out there for a day. */
  idle: boolean;
}

@Injectable()
export class FleetUsageRepository {
  /**
   * All VPCs in all clusters with one statement: it reads the segments, and of the addresses only those that are on
   * their way from one state to the next.
   */
  async all(tx: Transaction, rateWindowS: number): Promise<FleetUsage[]> {
    const rows = await select<Record<keyof FleetUsage, string | number>>(
      tx,
      `SELECT g.vpc_id AS vpcId, g.cluster_id AS clusterId, MAX(c.name) AS cluster,
              SUM(IF(g.state = 'active', POW(2, 8 * LENGTH(g.base) - g.prefix) - g.held, 0)) AS free,
              SUM(IF(g.state IN ('reserved', 'creating'), POW(2, 8 * LENGTH(g.base) - g.prefix) - g.held, 0)) AS coming,
              SUM(g.infra) AS infra,
              SUM(COALESCE(m.reserved, 0)) AS reserved,
              SUM(COALESCE(m.cooling, 0)) AS cooling,
              SUM(g.held - g.infra - COALESCE(m.reserved, 0) - COALESCE(m.cooling, 0)) AS used,
              SUM(g.rate * EXP(-COALESCE(TIMESTAMPDIFF(SECOND, g.used_at, UTC_TIMESTAMP(6)), 0) / ?)) AS rate,
              MAX(g.used_at IS NOT NULL AND g.used_at > UTC_TIMESTAMP(6) - INTERVAL 1 DAY) = 0 AS idle
         FROM segment g JOIN cluster c ON c.id = g.cluster_id
         LEFT JOIN (
           SELECT segment_id, SUM(state = 'reserved') AS reserved, SUM(state = 'cooling') AS cooling
             FROM address WHERE expires_at IS NOT NULL GROUP BY segment_id
         ) m ON m.segment_id = g.id
        GROUP BY g.vpc_id, g.cluster_id`,
      [rateWindowS],
    );
    return rows.map((row) => ({
      vpcId: String(row.vpcId),
      clusterId: String(row.clusterId),
      cluster: String(row.cluster),
      free: Number(row.free),
      coming: Number(row.coming),
      infra: Number(row.infra),
      reserved: Number(row.reserved),
      cooling: Number(row.cooling),
      used: Number(row.used),
      rate: Number(row.rate),
      idle: Number(row.idle) === 1,
    }));
  }

  async supplements(tx: Transaction): Promise<number> {
    const [row] = await select<{ n: number }>(tx, 'SELECT COUNT(*) AS n FROM supplement');
    return Number(row?.n ?? 0);
  }
}
