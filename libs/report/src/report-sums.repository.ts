import { Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { nextHour } from './hour.rules.js';
import { percentile } from './percentile.rules.js';

interface UsageSum {
  cluster_id: string;
  project_id: string;
  flavor_id: string;
  servers: number | string;
  vcpus: number | string;
  ram_mb: number | string;
  disk_gb: number | string;
}

/** Where and of what kind. */
interface OutcomePlace {
  cluster_id: string;
  project_id: string;
  flavor_id: string;
  kind: string;
}

interface EndedCount extends OutcomePlace {
  status: 'succeeded' | 'failed' | 'cancelled';
  code: string;
  n: number | string;
}

interface Creation extends OutcomePlace {
  ms: number | string;
}

/** Rows in one statement. */
const CHUNK = 500;

const ENDED_PLACE = `COALESCE(s.cluster_id, JSON_UNQUOTE(JSON_EXTRACT(t.input, '$.cluster_id')), '') AS cluster_id,
         COALESCE(t.project_id, '') AS project_id, COALESCE(s.flavor_id, '') AS flavor_id, t.kind`;
const ENDED_WITHIN = `FROM task t LEFT JOIN server s ON t.resource_kind = 'server' AND s.id = t.resource_id
  WHERE t.finished_at >= ? AND t.finished_at < ? AND t.children_total IS NULL`;

/** How many tasks ended how between two times; what failed, by its code. */
export const ENDED_COUNTS = `
  SELECT cluster_id, project_id, flavor_id, kind, status, code, COUNT(*) AS n
  FROM (SELECT ${ENDED_PLACE}, t.status,
          IF(t.status = 'failed', COALESCE(JSON_UNQUOTE(JSON_EXTRACT(t.fault, '$.code')), 'unknown'), '') AS code
        ${ENDED_WITHIN} AND t.status IN ('succeeded', 'failed', 'cancelled')) AS ended
  GROUP BY cluster_id, project_id, flavor_id, kind, status, code`;

/** How long each server took that was made between two times. */
export const CREATIONS = `
  SELECT ${ENDED_PLACE}, ROUND(TIMESTAMPDIFF(MICROSECOND, t.created_at, t.finished_at) / 1000) AS ms
  ${ENDED_WITHIN} AND t.status = 'succeeded' AND t.kind = 'server.create'`;

/**
 * Sums up an hour. What there was at its end follows from when things were made and deleted, so an hour can be summed
 * up long after; only the room in a cluster is what is known now. Doing it again gives the same rows.
 */
@Injectable()
export class ReportSums {
  async usage(tx: Transaction, hour: Date): Promise<void> {
    const end = nextHour(hour);
    const sums = await select<UsageSum>(
      tx,
      `SELECT s.cluster_id, s.project_id, COALESCE(s.flavor_id, '') AS flavor_id, COUNT(*) AS servers,
              COALESCE(SUM(f.vcpus), 0) AS vcpus, COALESCE(SUM(f.ram_mb), 0) AS ram_mb,
              COALESCE(SUM(f.disk_gb), 0) AS disk_gb
       FROM server s LEFT JOIN flavor f ON f.id = s.flavor_id
       WHERE s.created_at < ? AND (s.deleted_at IS NULL OR s.deleted_at >= ?)
         AND s.openstack_id IS NOT NULL
       GROUP BY s.cluster_id, s.project_id, COALESCE(s.flavor_id, '')`,
      [end, end],
    );
    const addresses = await this.addresses(tx, end);
    const keys = new Set(sums.map(placeOf));
    const rows = [
      ...sums.map((sum) => ({ ...sum, addresses: addresses.get(placeOf(sum)) ?? 0 })),
      // Ports of no server: of no flavor.
      ...[...addresses]
        .filter(([key]) => !keys.has(key))
        .map(([key, n]) => ({ ...emptyAt(key), addresses: n })),
    ];
    await change(tx, 'DELETE FROM report_usage WHERE hour = ?', [hour]);
    for (let from = 0; from < rows.length; from += CHUNK) {
      await tx.query(
        `INSERT INTO report_usage (id, hour, cluster_id, project_id, flavor_id, servers, vcpus, ram_mb, disk_gb, addresses)
         VALUES ?`,
        [
          rows
            .slice(from, from + CHUNK)
            .map((row) => [
              newId(),
              hour,
              row.cluster_id,
              row.project_id,
              row.flavor_id,
              row.servers,
              row.vcpus,
              row.ram_mb,
              row.disk_gb,
              row.addresses,
            ]),
        ],
      );
    }
  }

  /** How the tasks ended that ended within the hour; how long servers took, of the creations that succeeded. */
  async outcomes(tx: Transaction, hour: Date): Promise<void> {
    const within = [hour, nextHour(hour)];
    const counts = await select<EndedCount>(tx, ENDED_COUNTS, within);
    const creations = await select<Creation>(tx, CREATIONS, within);
    const times = Map.groupBy(creations, outcomeOf);
    const groups = [...Map.groupBy(counts, outcomeOf)];
    await change(tx, 'DELETE FROM report_outcome WHERE hour = ?', [hour]);
    for (let from = 0; from < groups.length; from += CHUNK) {
      await tx.query(
        `INSERT INTO report_outcome (id, hour, cluster_id, project_id, flavor_id, task_kind, succeeded, failed, cancelled,
           fault_codes, active_p50_ms, active_p99_ms, active_max_ms) VALUES ?`,
        [
          groups
            .slice(from, from + CHUNK)
            .map(([key, group]) =>
              outcomeRow(hour, group, times.get(key)?.map(({ ms }) => Number(ms)) ?? []),
            ),
        ],
      );
    }
  }

  /** What clusters have and use now: only the hour that has just ended can be told. */
  async capacity(tx: Transaction, hour: Date): Promise<void> {
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

  private async addresses(tx: Transaction, end: Date): Promise<Map<string, number>> {
    const rows = await select<
      Omit<UsageSum, 'servers' | 'vcpus' | 'ram_mb' | 'disk_gb'> & { n: number | string }
    >(
      tx,
      `SELECT p.cluster_id, COALESCE(p.project_id, s.project_id) AS project_id,
              COALESCE(s.flavor_id, '') AS flavor_id, SUM(JSON_LENGTH(p.fixed_ips)) AS n
       FROM port p LEFT JOIN server s ON s.id = p.server_id
       WHERE p.created_at < ? AND (p.deleted_at IS NULL OR p.deleted_at >= ?) AND p.openstack_id IS NOT NULL
         AND COALESCE(p.project_id, s.project_id) IS NOT NULL
       GROUP BY p.cluster_id, COALESCE(p.project_id, s.project_id), COALESCE(s.flavor_id, '')`,
      [end, end],
    );
    return new Map(rows.map((row) => [placeOf(row), Number(row.n)]));
  }
}

const placeOf = (row: { cluster_id: string; project_id: string; flavor_id: string }): string =>
  `${row.cluster_id} ${row.project_id} ${row.flavor_id}`;

function emptyAt(key: string): UsageSum {
  const [clusterId = '', projectId = '', flavorId = ''] = key.split(' ');
  return {
    cluster_id: clusterId,
    project_id: projectId,
    flavor_id: flavorId,
    servers: 0,
    vcpus: 0,
    ram_mb: 0,
    disk_gb: 0,
  };
}

const outcomeOf = (row: OutcomePlace): string => `${placeOf(row)} ${row.kind}`;

function outcomeRow(hour: Date, group: readonly EndedCount[], times: readonly number[]): unknown[] {
  const [first] = group;
  const count = (status: EndedCount['status']) =>
    group.filter((part) => part.status === status).reduce((sum, part) => sum + Number(part.n), 0);
  const failed = group.filter((part) => part.status === 'failed');
  return [
    newId(),
    hour,
    first?.cluster_id,
    first?.project_id,
    first?.flavor_id,
    first?.kind,
    count('succeeded'),
    count('failed'),
    count('cancelled'),
    JSON.stringify(Object.fromEntries(failed.map(({ code, n }) => [code, Number(n)]))),
    percentile(times, 0.5),
    percentile(times, 0.99),
    percentile(times, 1),
  ];
}
