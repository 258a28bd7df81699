import { Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { insertRows } from './chunked-insert.js';
import { nextHour } from './hour.rules.js';
import { type Place, placeOf } from './place.js';

interface UsageSum extends Place {
  servers: number | string;
  vcpus: number | string;
  ram_mb: number | string;
  disk_gb: number | string;
}

/** A figure of what was seen; JSON's null is SQL's. */
const seen = (from: 'o' | 'shown', path: string) => `CAST(JSON_VALUE(${from}.fields, '${path}') AS UNSIGNED)`;
/** The local disk as a logical flavor has it: root, ephemeral and swap. */
const seenDisk = (from: 'o' | 'shown', at: string) =>
  `${seen(from, `${at}.disk_gb`)} + COALESCE(${seen(from, `${at}.ephemeral_gb`)}, 0)
     + CEIL(COALESCE(${seen(from, `${at}.swap_mb`)}, 0) / 1024)`;

/**
 * What was adopted counts from its adoption on, though its cluster made it earlier; what was given up has no id of its
 * cluster any more. A server whose flavor is mapped to none is as big as it was seen to be: Nova tells the figures, or
 * before microversion 2.47 the id of a flavor of the cluster (`shown`).
 */
const SERVERS = `
  SELECT s.cluster_id, s.project_id, COALESCE(s.flavor_id, '') AS flavor_id, COUNT(*) AS servers,
    SUM(COALESCE(f.vcpus, ${seen('o', '$.flavor.vcpus')}, ${seen('shown', '$.vcpus')}, 0)) AS vcpus,
    SUM(COALESCE(f.ram_mb, ${seen('o', '$.flavor.ram_mb')}, ${seen('shown', '$.ram_mb')}, 0)) AS ram_mb,
    SUM(COALESCE(f.disk_gb, ${seenDisk('o', '$.flavor')}, ${seenDisk('shown', '$')}, 0)) AS disk_gb
  FROM server s
  LEFT JOIN adoption a ON a.resource_id = s.id
  LEFT JOIN flavor f ON f.id = s.flavor_id
  LEFT JOIN observed_object o ON s.flavor_id IS NULL AND o.cluster_id = s.cluster_id AND o.kind = 'server'
    AND o.openstack_id = COALESCE(s.openstack_id, a.openstack_id)
  LEFT JOIN observed_object shown ON shown.cluster_id = o.cluster_id AND shown.kind = 'flavor'
    AND shown.openstack_id = JSON_VALUE(o.fields, '$.flavor.id')
  WHERE s.created_at < ? AND (s.deleted_at IS NULL OR s.deleted_at >= ?)
    AND IF(a.id IS NULL, s.openstack_id IS NOT NULL, a.adopted_at < ?)
  GROUP BY s.cluster_id, s.project_id, COALESCE(s.flavor_id, '')`;

/** Rows of ports that were adopted are made by the adoption; those of ports of servers as well. */
const ADDRESSES = `
  SELECT p.cluster_id, COALESCE(p.project_id, s.project_id) AS project_id,
    COALESCE(s.flavor_id, '') AS flavor_id, SUM(JSON_LENGTH(p.fixed_ips)) AS n
  FROM port p
  LEFT JOIN server s ON s.id = p.server_id
  LEFT JOIN adoption a ON a.resource_id = COALESCE(p.server_id, p.id)
  WHERE p.created_at < ? AND (p.deleted_at IS NULL OR p.deleted_at >= ?)
    AND (p.openstack_id IS NOT NULL OR a.id IS NOT NULL)
    AND COALESCE(p.project_id, s.project_id) IS NOT NULL
  GROUP BY p.cluster_id, COALESCE(p.project_id, s.project_id), COALESCE(s.flavor_id, '')`;

/**
 * Sums up what there was at the end of an hour. That follows from when things were made, adopted, deleted and given up,
 * so an hour can be summed up after others; what they were like (their flavor, their addresses) is as it is now.
 */
@Injectable()
export class UsageSums {
  async sumUp(tx: Transaction, hour: Date): Promise<void> {
    const end = nextHour(hour);
    const sums = await select<UsageSum>(tx, SERVERS, [end, end, end]);
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
    await insertRows(
      tx,
      `INSERT INTO report_usage (id, hour, cluster_id, project_id, flavor_id, servers, vcpus, ram_mb, disk_gb, addresses)`,
      rows.map((row) => [
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
    );
  }

  private async addresses(tx: Transaction, end: Date): Promise<Map<string, number>> {
    const rows = await select<Place & { n: number | string }>(tx, ADDRESSES, [end, end]);
    return new Map(rows.map((row) => [placeOf(row), Number(row.n)]));
  }
}

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
