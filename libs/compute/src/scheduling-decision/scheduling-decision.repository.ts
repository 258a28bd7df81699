import { Injectable } from '@nestjs/common';
import { firstIdAt, newId } from '@ultron/kernel/id';
import { change } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { SchedulingDecision } from './scheduling-decision.entity.js';

export interface NewDecision {
  taskId: string;
  projectId: string;
  explain: object;
}

@Injectable()
export class SchedulingDecisionRepository {
  async insertMany(tx: Transaction, decisions: readonly NewDecision[]): Promise<void> {
    if (!decisions.length) return;
    const now = new Date();
    await tx.query(
      'INSERT INTO scheduling_decision (id, task_id, project_id, `explain`, created_at) VALUES ?',
      [decisions.map((d) => [newId(), d.taskId, d.projectId, JSON.stringify(d.explain), now])],
    );
  }

  /** The decisions of these tasks, oldest first. */
  async listOfTasks(tx: Transaction, taskIds: readonly string[]): Promise<SchedulingDecision[]> {
    if (!taskIds.length) return [];
    return tx
      .createQueryBuilder(SchedulingDecision, 'decision')
      .where('decision.taskId IN (:...taskIds)', { taskIds })
      .orderBy('decision.id')
      .getMany();
  }

  /** Deletes the oldest ones made before the time; returns how many. */
  purge(tx: Transaction, before: Date, limit: number): Promise<number> {
    return change(tx, 'DELETE FROM scheduling_decision WHERE id < ? ORDER BY id LIMIT ?', [
      firstIdAt(before),
      limit,
    ]);
  }
}
