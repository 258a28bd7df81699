import type { Fault } from '@ultron/kernel/fault';
import type { Database } from '@ultron/platform/database/database.service';
import type { Saga } from '@ultron/tasks/saga/saga';
import type { TaskStatus } from '@ultron/tasks/task/task.state';
import type { NewTask } from '@ultron/tasks/task/task.types';
import type { TaskView } from '@ultron/tasks/task/task.types';
import type { Scenario } from './scenario.js';

/** What a waiting task waits for. */
export interface HarnessWait {
  taskId: string;
  on: 'observation' | 'task' | 'time';
  clusterId: string | null;
  resource: string | null;
  key: string | null;
  until: Record<string, unknown> | null;
  what: string;
}

/** The world of one scenario: a cluster (simulated or in memory), the rows, and the task. */
export interface HarnessWorld<Deps, Snapshot> {
  /** With the tables of `platformMigrations` and `tasksMigrations` at least. */
  database: Database;
  /** Writes the intent and returns the task, which the harness writes and runs. */
  begin(): Promise<NewTask>;
  /** What the steps get; asked anew for each process, so that a killed one takes its memory with it. */
  deps(): Deps;
  /** Lets the world go on until the awaited thing may have come; afterwards the task is woken. */
  settle?(wait: HarnessWait): Promise<void>;
  /** All that must be as it should: servers, ports, rows. It is given to `check`. */
  snapshot(): Promise<Snapshot>;
  close?(): Promise<void>;
}

export interface ScenarioRun<Snapshot> {
  scenario: Scenario;
  /** How the task ended. */
  status: TaskStatus;
  task: TaskView;
  /** Before `begin`. */
  before: Snapshot;
  after: Snapshot;
}

export interface SagaHarness<Deps, Snapshot> {
  saga: Saga<Deps>;
  classify: (error: unknown) => Fault;
  /** A fresh world for each scenario (it may share a database and a simulator with the others). */
  open(scenario: Scenario): Promise<HarnessWorld<Deps, Snapshot>>;
  /** Throws when the world is not as it should be after this run. */
  check(run: ScenarioRun<Snapshot>): void | Promise<void>;
  /** The final fault that is thrown into steps; by default category `invalid`, code `injected_refusal`. */
  finalFault?: () => Fault;
  /** Only the scenarios for which this holds; all of them when it is not given. */
  only?: (scenario: Scenario) => boolean;
}

export interface ScenarioReport {
  scenario: Scenario;
  /** In words. */
  title: string;
  status: TaskStatus | 'unfinished';
  /** What `check` threw, or why the run did not come to an end. */
  problem: string | null;
}
