import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { ObservationWait, TaskRef } from '../task/task.types.js';

@Injectable()
export class WaitRepository {
  async list(_tx: Transaction, _clusterId: string, _resource: string): Promise<ObservationWait[]> {
    throw new Error('coming');
  }
  async wanted(_tx: Transaction): Promise<{ clusterId: string; resource: string; count: number }[]> {
    throw new Error('coming');
  }
  async wake(_tx: Transaction, _taskIds: readonly string[]): Promise<TaskRef[]> {
    throw new Error('coming');
  }
}
