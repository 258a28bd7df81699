import type { FaultRecord } from '@ultron/kernel/fault';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';

export class AttemptRepository {
  /** The runs of a task that failed before the present one, oldest first. */
  async list(tx: Transaction, taskId: string): Promise<{ input: unknown; fault: FaultRecord }[]> {
    return select(tx, 'SELECT input, fault FROM task_attempt WHERE task_id = ? ORDER BY run', [taskId]);
  }
}
