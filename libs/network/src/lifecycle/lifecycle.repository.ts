import type { FaultRecord } from '@ultron/kernel/fault';
import { change } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { statusesBefore, type LifecycleStatus } from './lifecycle.state.js';

/** The statements about the columns that ports, routers, floating IPs and QoS policies share. */
export abstract class LifecycleRepository {
  protected constructor(private readonly table: 'port' | 'router' | 'floating_ip' | 'qos_policy') {}

  /** Hands the thing to another task, which may move it into a state that it may enter now; the row is locked. */
  async handTo(tx: Transaction, id: string, taskId: string | null, status: LifecycleStatus): Promise<void> {
    await change(
      tx,
      `UPDATE ${this.table} SET task_id = ?, status = ?, fault = NULL, version = version + 1,
         updated_at = UTC_TIMESTAMP(6), deleted_at = IF(? = 'deleted', UTC_TIMESTAMP(6), NULL) WHERE id = ?`,
      [taskId, status, status, id],
    );
  }

  /** Moves the thing along the table of states, if the task is still the one that has it. */
  async move(
    tx: Transaction,
    thing: { id: string; taskId: string; to: LifecycleStatus; fault?: FaultRecord | null },
  ): Promise<boolean> {
    const { id, taskId, to, fault } = thing;
    const moved = await change(
      tx,
      `UPDATE ${this.table} SET status = ?, fault = ?, version = version + 1, updated_at = UTC_TIMESTAMP(6),
         deleted_at = IF(? = 'deleted', UTC_TIMESTAMP(6), NULL)
       WHERE id = ? AND task_id = ? AND status IN (?)`,
      [to, fault ? JSON.stringify(fault) : null, to, id, taskId, statusesBefore(to)],
    );
    return moved > 0;
  }
}
