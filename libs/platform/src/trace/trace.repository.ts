import { Injectable } from '@nestjs/common';
import { change, rowsOf, select } from '../database/statement.js';
import type { Transaction } from '../database/transaction.js';
import type { HttpRequestRecord, OpenStackCallRecord, TraceRecords } from './trace.types.js';

/** More calls than these are not shown of one trace. */
const MOST_CALLS = 5_000;

@Injectable()
export class TraceRepository {
  async insertRequests(tx: Transaction, requests: readonly HttpRequestRecord[]): Promise<void> {
    await change(
      tx,
      `INSERT INTO http_request (trace_id, method, path, status, duration_ms, project_id, at)
       VALUES ${rowsOf(requests.length, '(?, ?, ?, ?, ?, ?, ?)')}`,
      requests.flatMap((request) => [
        request.traceId,
        request.method,
        request.path.slice(0, 512),
        request.status,
        Math.round(request.durationMs),
        request.projectId,
        request.at,
      ]),
    );
  }

  async insertCalls(tx: Transaction, calls: readonly OpenStackCallRecord[]): Promise<void> {
    await change(
      tx,
      `INSERT INTO openstack_call (trace_id, task_id, step, cluster_id, service, method, path, status, duration_ms,
         bytes, request_id, error, at)
       VALUES ${rowsOf(calls.length, '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')}`,
      calls.flatMap((call) => [
        call.traceId,
        call.taskId ?? null,
        call.step ?? null,
        call.clusterId,
        call.service,
        call.method,
        call.path.slice(0, 512),
        call.status ?? null,
        Math.round(call.durationMs),
        call.bytes,
        call.requestId ?? null,
        call.error?.slice(0, 255) ?? null,
        call.at,
      ]),
    );
  }

  async find(tx: Transaction, traceId: string): Promise<TraceRecords> {
    const requests = await select<HttpRequestRecord>(
      tx,
      `SELECT trace_id AS traceId, method, path, status, duration_ms AS durationMs, project_id AS projectId, at
       FROM http_request WHERE trace_id = ? ORDER BY at`,
      [traceId],
    );
    const calls = await select<OpenStackCallRecord>(
      tx,
      `SELECT trace_id AS traceId, task_id AS taskId, step, cluster_id AS clusterId, service, method, path, status,
         duration_ms AS durationMs, bytes, request_id AS requestId, error, at
       FROM openstack_call WHERE trace_id = ? ORDER BY at LIMIT ?`,
      [traceId, MOST_CALLS],
    );
    return { requests, calls };
  }

  /** The request ids that OpenStack gave to the calls of a task, oldest first, at most `limit` of the newest. */
  async requestIdsOf(
    tx: Transaction,
    taskId: string,
    limit: number,
  ): Promise<{ service: string; request_id: string }[]> {
    const newest = await select<{ service: string; request_id: string }>(
      tx,
      `SELECT service, request_id FROM openstack_call WHERE task_id = ? AND request_id IS NOT NULL
       ORDER BY id DESC LIMIT ?`,
      [taskId, limit],
    );
    return newest.reverse();
  }

  /** Deletes some rows that are older than the retention; returns how many. */
  async purge(tx: Transaction, olderThanDays: number, limit: number): Promise<number> {
    const old = 'WHERE at < UTC_TIMESTAMP(6) - INTERVAL ? DAY ORDER BY at LIMIT ?';
    const requests = await change(tx, `DELETE FROM http_request ${old}`, [olderThanDays, limit]);
    return requests + (await change(tx, `DELETE FROM openstack_call ${old}`, [olderThanDays, limit]));
  }
}
