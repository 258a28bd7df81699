import { Injectable } from '@nestjs/common';
import { Fault, type FaultRecord } from '@ultron/kernel/fault';
import { isDuplicate } from '@ultron/platform/database/database.errors';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import type { SealedCredential } from '../credential/credential.js';
import type { NetworkBackend } from '../inventory/network-capability.js';
import { assign } from '../sql/assignment.js';
import { type ClusterRow, toSummary } from './cluster.row.js';
import type { ProbeStatus } from './cluster.entity.js';
import type { ClusterState } from './cluster.state.js';
import type { ClusterSummary } from './cluster.types.js';

export type ClusterSort = 'name' | 'created_at';

export interface ClusterFilter {
  name?: string | undefined;
  /** Name or id. */
  idc?: string | undefined;
  /** Name or id. */
  conductorGroup?: string | undefined;
  state?: ClusterState | undefined;
  probeStatus?: ProbeStatus | undefined;
}

/** The columns an operator's change writes; those left out stay. */
export interface ClusterColumns {
  name: string;
  idc_id: string;
  conductor_group_id: string;
  auth_url: string;
  region: string | null;
  interface: string;
  credential: SealedCredential;
  state: ClusterState;
  state_reason: string | null;
}

const SELECT = `
  SELECT c.*, i.name AS idc_name, g.name AS conductor_group_name,
         p.hosts, p.servers, p.vcpus, p.vcpus_used, p.ram_mb, p.ram_mb_used, p.disk_gb, p.disk_gb_used,
         p.promised_servers, p.promised_vcpus, p.promised_ram_mb, p.promised_disk_gb, p.observed_at
  FROM cluster c
  JOIN idc i ON i.id = c.idc_id
  JOIN conductor_group g ON g.id = c.conductor_group_id
  LEFT JOIN cluster_capacity p ON p.cluster_id = c.id`;

/** Every statement about the rows of `cluster`. */
@Injectable()
export class ClusterRepository {
  async insert(tx: Transaction, id: string, columns: ClusterColumns): Promise<void> {
    const now = new Date();
    const row = {
      id,
      ...columns,
      credential: JSON.stringify(columns.credential),
      created_at: now,
      updated_at: now,
    };
    const { sql, values } = assign(row);
    await taken(columns.name, tx.query(`INSERT INTO cluster SET ${sql}`, values));
  }

  async find(tx: Transaction, id: string): Promise<ClusterSummary | null> {
    const rows = await tx.query<ClusterRow[]>(`${SELECT} WHERE c.id = ?`, [id]);
    return rows[0] ? toSummary(rows[0]) : null;
  }

  /** One page and one row more. */
  async list(tx: Transaction, filter: ClusterFilter, page: Page<ClusterSort>): Promise<ClusterSummary[]> {
    const keyset = keysetSql(page, { name: 'c.name', created_at: 'c.id' }, 'c.id');
    const conditions: [string, unknown[]][] = [[keyset.where, keyset.params]];
    if (filter.name !== undefined) conditions.push(['c.name = ?', [filter.name]]);
    if (filter.idc !== undefined) conditions.push(['(i.id = ? OR i.name = ?)', [filter.idc, filter.idc]]);
    if (filter.conductorGroup !== undefined) {
      conditions.push(['(g.id = ? OR g.name = ?)', [filter.conductorGroup, filter.conductorGroup]]);
    }
    if (filter.state !== undefined) conditions.push(['c.state = ?', [filter.state]]);
    if (filter.probeStatus !== undefined) conditions.push(['c.probe_status = ?', [filter.probeStatus]]);
    const rows = await tx.query<ClusterRow[]>(
      `${SELECT} WHERE ${conditions.map(([sql]) => sql).join(' AND ')} ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`,
      conditions.flatMap(([, parameters]) => parameters),
    );
    return rows.map(toSummary);
  }

  /** Locks the row until the transaction ends; null when there is none. */
  async lock(tx: Transaction, id: string): Promise<{ version: number; state: ClusterState } | null> {
    const rows = await tx.query<{ version: number; state: ClusterState }[]>(
      'SELECT version, state FROM cluster WHERE id = ? FOR UPDATE',
      [id],
    );
    return rows[0] ?? null;
  }

  async update(tx: Transaction, id: string, columns: Partial<ClusterColumns>): Promise<void> {
    const { credential, ...plain } = columns;
    const { sql, values } = assign({
      ...plain,
      ...(credential ? { credential: JSON.stringify(credential) } : {}),
    });
    await taken(
      columns.name ?? '',
      tx.query(
        `UPDATE cluster SET ${sql}${sql && ','} version = version + 1, updated_at = UTC_TIMESTAMP(6) WHERE id = ?`,
        [...values, id],
      ),
    );
  }

  /** What was found is no longer worth anything: the cluster waits for a new probe. */
  async expectProbe(tx: Transaction, id: string, connectionChanged: boolean): Promise<void> {
    const raise = connectionChanged ? ', connection_version = connection_version + 1' : '';
    await tx.query(`UPDATE cluster SET probe_status = 'pending' ${raise} WHERE id = ?`, [id]);
  }

  /** The clusters of a group whose probe failed, longer than `afterMs` ago, because nothing answered. */
  async idsThatDidNotAnswer(tx: Transaction, conductorGroup: string, afterMs: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `SELECT c.id FROM cluster c JOIN conductor_group g ON g.id = c.conductor_group_id
       WHERE g.name = ? AND c.probe_status = 'failed' AND c.state <> 'down'
         AND JSON_VALUE(c.probe_fault, '$.category') = 'unavailable'
         AND c.probed_at < UTC_TIMESTAMP(6) - INTERVAL ? MICROSECOND`,
      [conductorGroup, Math.round(afterMs * 1000)],
    );
    return rows.map((row) => row.id);
  }

  /** Whether this caller, and no other, is to have the failed cluster probed again. */
  async takeForProbe(tx: Transaction, id: string): Promise<boolean> {
    const result = await tx.query<{ affectedRows: number }>(
      `UPDATE cluster SET probe_status = 'pending' WHERE id = ? AND probe_status = 'failed'`,
      [id],
    );
    return result.affectedRows === 1;
  }

  /** Whether it was written: not if the connection was changed since the probe began. */
  async recordProbe(
    tx: Transaction,
    id: string,
    connectionVersion: number,
    found: { release: string | null } | { fault: FaultRecord },
  ): Promise<boolean> {
    const { sql, values } = assign(
      'fault' in found
        ? { probe_status: 'failed', probe_fault: JSON.stringify(found.fault) }
        : { probe_status: 'ok', probe_fault: null, release_name: found.release },
    );
    const result = await tx.query<{ affectedRows: number }>(
      `UPDATE cluster SET ${sql}, probed_at = UTC_TIMESTAMP(6) WHERE id = ? AND connection_version = ?`,
      [...values, id, connectionVersion],
    );
    return result.affectedRows > 0;
  }

  /** What does its networking, as it was found. */
  async recordNetworkBackend(tx: Transaction, id: string, backend: NetworkBackend): Promise<void> {
    await tx.query('UPDATE cluster SET network_backend = ? WHERE id = ?', [backend, id]);
  }

  async recordRelease(tx: Transaction, id: string, release: string | null): Promise<void> {
    await tx.query('UPDATE cluster SET release_name = ? WHERE id = ?', [release, id]);
  }

  /** One more time in a row without an answer. */
  async recordOutage(tx: Transaction, id: string, detail: string): Promise<void> {
    await tx.query(
      `UPDATE cluster SET outages = outages + 1, outage_since = COALESCE(outage_since, UTC_TIMESTAMP(6)),
              outage_detail = ? WHERE id = ?`,
      [detail.slice(0, 255), id],
    );
  }

  /** It answered. */
  async recordAnswer(tx: Transaction, id: string): Promise<void> {
    await tx.query(
      'UPDATE cluster SET outages = 0, outage_since = NULL, outage_detail = NULL WHERE id = ? AND outages > 0',
      [id],
    );
  }

  async delete(tx: Transaction, id: string): Promise<void> {
    await tx.query('DELETE FROM cluster WHERE id = ?', [id]);
  }
}

async function taken(name: string, writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new Fault({
      code: 'cluster_name_taken',
      category: 'conflict',
      detail: `There is already a cluster named ${name}.`,
      fields: [{ pointer: '/name', detail: 'is taken' }],
    });
  }
}
