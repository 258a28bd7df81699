import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { ConductorView, NewTask, TaskFilter, TaskPage, TaskRef, TaskView } from './task.types.js';

@Injectable()
export class TaskRepository {
  async insertMany(_tx: Transaction, _tasks: readonly NewTask[]): Promise<void> {
    throw new Error('coming');
  }
  async findView(_tx: Transaction, _id: string): Promise<TaskView | null> {
    throw new Error('coming');
  }
  async listViews(_tx: Transaction, _filter: TaskFilter, _page: TaskPage): Promise<TaskView[]> {
    throw new Error('coming');
  }
  async viewsOfTrace(_tx: Transaction, _traceId: string): Promise<TaskView[]> {
    throw new Error('coming');
  }
  async requestCancel(_tx: Transaction, _id: string): Promise<TaskRef[]> {
    throw new Error('coming');
  }
  async operatorRetry(_tx: Transaction, _id: string): Promise<TaskRef> {
    throw new Error('coming');
  }
  async operatorAbandon(_tx: Transaction, _id: string, _note?: string): Promise<TaskRef[]> {
    throw new Error('coming');
  }
  async listConductors(_tx: Transaction): Promise<ConductorView[]> {
    throw new Error('coming');
  }
}
