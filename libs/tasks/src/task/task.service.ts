import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ConductorRepository } from '../conductor/conductor.repository.js';
import { TaskQueue } from '../queue/task-queue.js';
import { TaskChanges } from './task-changes.js';
import { TaskViewRepository } from './task-view.repository.js';
import { type StrayedTasks, taskNotFound, TaskRepository } from './task.repository.js';
import type { ConductorView, NewTask, TaskFilter, TaskPage, TaskRef, TaskView } from './task.types.js';

/** What the domains and the API do with tasks; running them is the engine's. */
@Injectable()
export class TaskService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(TaskRepository) private readonly tasks: TaskRepository,
    @Inject(TaskViewRepository) private readonly views: TaskViewRepository,
    @Inject(ConductorRepository) private readonly conductorRows: ConductorRepository,
    @Inject(TaskQueue) private readonly queue: TaskQueue,
    @Inject(TaskChanges) private readonly changes: TaskChanges,
  ) {}

  /** Writes the tasks with one statement. After the commit, `ring` them. */
  async createMany(tx: Transaction, tasks: readonly NewTask[]): Promise<void> {
    await this.tasks.insertMany(tx, tasks);
  }

  /**
   * Hands the tasks whose input names the cluster (`cluster_id`) to the conductors of another group. They find them
   * by themselves, within a second or two of the commit.
   */
  async moveToGroup(tx: Transaction, clusterId: string, move: { from: string; to: string }): Promise<void> {
    await this.tasks.moveToGroup(tx, clusterId, move);
  }

  /** Takes in tasks about a group's own clusters that another group has; see `TaskRepository.takeIn`. */
  async takeIn(strayed: StrayedTasks): Promise<number> {
    return this.tasks.takeIn(this.database.read, strayed);
  }

  /** How many tasks of each group have been due for so long, by the name of the group. */
  async overdueByGroup(graceMs: number): Promise<Map<string, number>> {
    return this.tasks.overdueByGroup(this.database.read, graceMs);
  }

  /** What an operator wants of a conductor. False when there is no such one. */
  async drain(tx: Transaction, conductorId: string, draining: boolean): Promise<boolean> {
    return this.conductorRows.drain(tx, conductorId, draining);
  }

  /** Tells the conductors, after the commit. Never throws: a task that nobody heard of is swept up within seconds. */
  ring(tasks: readonly TaskRef[]): void {
    void this.queue.ring(tasks);
  }

  /** @throws Fault `task_not_found`; also for another project's task, when a project is given. */
  async get(id: string, projectId?: string): Promise<TaskView> {
    const view = await this.find(id);
    if (!view || (projectId !== undefined && view.project_id !== projectId)) throw taskNotFound(id);
    return view;
  }

  async find(id: string): Promise<TaskView | null> {
    return this.views.find(this.database.read, id);
  }

  /** One page, without steps, attempts and request ids. */
  async list(filter: TaskFilter, page: TaskPage): Promise<TaskView[]> {
    return this.views.list(this.database.read, filter, page);
  }

  /** Tasks that wait for a person. */
  async countStuck(): Promise<number> {
    return this.views.countStuck(this.database.read);
  }

  /** The children of a parent, in the order in which they were made. */
  async itemsOf(parentId: string, page: TaskPage = { limit: 1000, order: 'asc' }): Promise<TaskView[]> {
    return this.list({ parentId }, { order: 'asc', ...page });
  }

  /** All tasks of a trace, with their steps, oldest first. */
  async ofTrace(traceId: string): Promise<TaskView[]> {
    return this.views.ofTrace(this.database.read, traceId);
  }

  /** Resolves when the task's version is no longer `version`, or after `ms` milliseconds. */
  async waitForChange(id: string, version: number, ms: number, signal?: AbortSignal): Promise<void> {
    await this.changes.wait(id, version, ms, signal);
  }

  /**
   * Asks the task, and the children of a parent, to stop at the next boundary between steps and to unwind. Tasks that
   * ended stay as they are. Ring what is returned after the commit.
   */
  async requestCancel(tx: Transaction, id: string): Promise<TaskRef[]> {
    return this.tasks.requestCancel(tx, id);
  }

  /**
   * Operators: lets a stuck task go on where it stopped, and a failed one begin anew.
   * @throws Fault `task_not_found`, `task_not_retryable`.
   */
  async retry(id: string): Promise<void> {
    this.ring(await this.database.transaction((tx) => this.retryIn(tx, id)));
  }

  /** As `retry`, in a transaction of the caller's: ring what is returned after the commit. */
  async retryIn(tx: Transaction, id: string): Promise<TaskRef[]> {
    return [await this.tasks.operatorRetry(tx, id)];
  }

  /**
   * Operators: has a stuck task end as failed, leaving behind what could not be undone. Its saga still writes down
   * that it failed.
   * @throws Fault `task_not_found`, `task_not_stuck`.
   */
  async abandon(id: string, note?: string): Promise<void> {
    this.ring(await this.database.transaction((tx) => this.abandonIn(tx, id, note)));
  }

  /** As `abandon`, in a transaction of the caller's: ring what is returned after the commit. */
  async abandonIn(tx: Transaction, id: string, note?: string): Promise<TaskRef[]> {
    return [await this.tasks.operatorAbandon(tx, id, note)];
  }

  async conductors(): Promise<ConductorView[]> {
    return this.conductorRows.list(this.database.read);
  }
}
