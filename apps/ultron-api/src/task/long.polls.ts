import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { isFinal } from '@ultron/tasks/task/task.state';
import { TaskService } from '@ultron/tasks/task/task.service';
import type { TaskView } from '@ultron/tasks/task/task.types';

/** So many requests of one process may wait at once; each costs a few kB of memory and no query of its own. */
const MOST_WAITING = 2_000;

/** Requests that wait for a task to go on. */
@Injectable()
export class LongPolls implements BeforeApplicationShutdown {
  private readonly ending = new AbortController();
  private waiting = 0;

  constructor(private readonly tasks: TaskService) {}

  /**
   * The task as it is once it has ended (or, if a version is given, once it has another version), or after `ms`
   * milliseconds, or when this process ends.
   * @throws Fault `too_many_waiting`.
   */
  async wait(task: TaskView, ms: number, version: number | undefined, gone: AbortSignal): Promise<TaskView> {
    if (this.waiting >= MOST_WAITING) throw tooMany();
    this.waiting++;
    try {
      return await this.follow(task, Date.now() + ms, version, AbortSignal.any([this.ending.signal, gone]));
    } finally {
      this.waiting--;
    }
  }

  /** Lets all requests that wait have their answer at once. */
  beforeApplicationShutdown(): void {
    this.ending.abort();
  }

  private async follow(
    first: TaskView,
    deadline: number,
    version: number | undefined,
    signal: AbortSignal,
  ): Promise<TaskView> {
    let task = first;
    while (!isFinal(task.status) && (version === undefined || task.version === version)) {
      const left = deadline - Date.now();
      if (left <= 0 || signal.aborted) break;
      await this.tasks.waitForChange(task.id, task.version, left, signal);
      task = await this.tasks.get(task.id);
    }
    return task;
  }
}

const tooMany = (): Fault =>
  new Fault({
    code: 'too_many_waiting',
    category: 'throttled',
    detail: 'Too many requests wait for tasks at present; ask without wait, or again in a few seconds.',
    retryAfterMs: 5_000,
  });
