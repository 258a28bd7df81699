import { Fault } from '@ultron/kernel/fault';
import { databaseFault } from '@ultron/platform/database/database.errors';
import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import type { Persist, StepResult } from '../saga/saga.js';
import { NOTHING } from '../saga/saga.js';
import type { TaskEntity } from '../task/task.entity.js';
import { refOf } from '../task/task-ref.js';
import type { TaskRef } from '../task/task.types.js';
import { AttemptRepository } from './attempt.repository.js';
import { ClaimRepository, type Claimed, type Held } from './claim.repository.js';
import * as changes from './change.js';
import type { StepRecord } from './change.js';
import type { EngineTimes } from './engine-times.js';
import { RecordFailed, Recorder } from './recorder.js';
import { ClaimLost, putSteps, type Written } from './record.repository.js';
import { Run } from './run.js';
import { afterFault, CANCELLED, KILLS_CONDUCTORS } from './run.rules.js';
import type { SagaRegistry } from './saga-registry.js';
import { inStep, inTask } from './task-context.js';
import { observeTaskEnd } from './task.metrics.js';

export interface RunnerParts<Deps> {
  database: Database;
  log: Log;
  sagas: SagaRegistry<Deps>;
  deps: Deps;
  classify: (error: unknown) => Fault;
  times: EngineTimes;
  /** The conductor in whose name tasks are claimed. */
  conductorId: string;
  /** Whose tasks it claims. */
  conductorGroup: string;
  /** Rings for tasks that became due; must not throw. */
  ring: (tasks: readonly TaskRef[]) => void;
}

const UNKNOWN_SAGA_PAUSE_MS = 30_000;
/** A task in whose step so many conductors died, one after the other, is not given to another. */
const MOST_TAKEOVERS = 10;

/** Takes single tasks and runs each until it ends, waits, pauses or is given back. Knows no queue and no timers. */
export class TaskRunner<Deps> {
  private readonly claims = new ClaimRepository();
  private readonly attempts = new AttemptRepository();

  private readonly recorder: Recorder;

  constructor(private readonly parts: RunnerParts<Deps>) {
    this.recorder = new Recorder(parts.database);
  }

  /** Takes those of the tasks that are due. */
  async claim(ids: readonly string[]): Promise<Claimed[]> {
    const { database, times } = this.parts;
    const tasks = await database.transaction(async (tx) => {
      const claimed = await this.claims.claim(tx, ids, this.parts, times.lease);
      await putSteps(
        tx,
        claimed.flatMap((task) => this.firstStep(task)),
      );
      return claimed;
    });
    if (tasks.length === 0) return [];
    const steps = await this.claims.steps(database.read, tasks);
    return tasks.map((task) => ({ task, steps: steps.filter((step) => step.task_id === task.id) }));
  }

  /** Runs a claimed task as far as it goes. Never rejects. */
  async run(claimed: Claimed, signal: AbortSignal): Promise<void> {
    await inTask(claimed.task, () => this.guarded(claimed, signal));
  }

  /** Gives tasks back at once; `inDoubt` when their present steps were in the air. */
  async release(held: readonly Held[], inDoubt: boolean): Promise<void> {
    const refs = await this.parts.database.transaction((tx) => this.claims.release(tx, held, inDoubt));
    this.parts.ring(refs);
  }

  /** Lets the first step be seen while it runs; the others are shown from the end of the one before. */
  private firstStep(task: TaskEntity): { taskId: string; step: StepRecord }[] {
    const first = this.parts.sagas.find(task.kind)?.steps[0];
    if (!first || task.current_step !== 0 || task.step_tries > 0 || task.unwinding) return [];
    const step = { run: task.run, position: 0, name: first.name, status: 'running', tries: 1 } as const;
    return [{ taskId: task.id, step: { ...step, startedAt: new Date() } }];
  }

  private async guarded(claimed: Claimed, signal: AbortSignal): Promise<void> {
    const held = { id: claimed.task.id, epoch: claimed.task.epoch };
    try {
      await this.advance(claimed, signal);
    } catch (error) {
      if (error instanceof ClaimLost) {
        this.parts.log.warn('the task was taken over by another conductor', { epoch: held.epoch });
        return;
      }
      this.parts.log.error('the task is given back: its progress could not be recorded', { error });
      // If this fails too, the lease runs out and the task is taken over.
      await this.release([held], true).catch(() => undefined);
    }
  }

  private async advance(claimed: Claimed, signal: AbortSignal): Promise<void> {
    const run = await this.begin(claimed, signal);
    if (!run) return;
    for (;;) {
      if (signal.aborted) return this.release([run.held], false);
      if (!(await this.move(run))) return;
    }
  }

  private async begin({ task, steps }: Claimed, signal: AbortSignal): Promise<Run<Deps> | undefined> {
    if (task.takeovers > MOST_TAKEOVERS) {
      this.parts.log.error('the task is stuck: conductor after conductor died in it', { kind: task.kind });
      await this.record(changes.stuck({ id: task.id, epoch: task.epoch }, KILLS_CONDUCTORS));
      return undefined;
    }
    try {
      return new Run(task, this.parts.sagas.get(task.kind), this.parts.deps, signal, steps);
    } catch (error) {
      const held = { id: task.id, epoch: task.epoch };
      const pause = { tries: task.step_tries, startedAt: new Date(), stepCount: task.step_count };
      await this.record(
        changes.retryLater(held, refOf(task), pause, this.faultOf(error), UNKNOWN_SAGA_PAUSE_MS),
      );
      return undefined;
    }
  }

  /** One move; whether the task goes on in this process. */
  private async move(run: Run<Deps>): Promise<boolean> {
    const move = run.next();
    switch (move.kind) {
      case 'do':
        return this.doStep(run, move.step);
      case 'undo':
        return this.undoStep(run, move.step);
      case 'succeed':
        return this.succeed(run);
      case 'unwound':
        return this.finishUnwinding(run);
      case 'cancel':
        await this.record(changes.beginUnwinding(run.held, move.from, CANCELLED));
        run.turnRound(move.from, CANCELLED);
        return true;
    }
  }

  private async doStep(run: Run<Deps>, position: number): Promise<boolean> {
    const { name, definition } = run.stepAt(position);
    try {
      const result = await inStep(run.task, name, () => definition.do(run.stepContext(position)));
      if (result.kind === 'wait') return await this.wait(run, result, run.stepRecord(position, 'running'));
      const step = { ...run.stepRecord(position, 'done'), output: result.output };
      const next = run.stepBegun(position + 1);
      const { cancel } = await this.record(
        changes.stepDone(run.held, run.stepCount, next ? [step, next] : [step], result.persist),
      );
      run.stepIsDone(position, result.output);
      run.cancelRequested ||= cancel;
      return true;
    } catch (error) {
      return this.stepFailed(run, position, error);
    }
  }

  private async stepFailed(run: Run<Deps>, position: number, error: unknown): Promise<boolean> {
    const fault = await this.retryOrDecide(run, error, run.stepRecord(position, 'running'));
    if (!fault) return false;
    const record = fault.toRecord();
    this.parts.log.warn('a step failed for good; the task unwinds', {
      fault: record,
      step: run.stepAt(position).name,
    });
    const step = { ...run.stepRecord(position, 'failed'), fault: record };
    await this.record(changes.beginUnwinding(run.held, position, record, step));
    run.turnRound(position, record);
    return true;
  }

  private async undoStep(run: Run<Deps>, position: number): Promise<boolean> {
    const { name, definition } = run.stepAt(position);
    const { undo } = definition;
    try {
      const result =
        undo === NOTHING
          ? undefined
          : await inStep(run.task, `undo ${name}`, () => undo(run.undoContext(position)));
      if (result?.kind === 'wait') return await this.wait(run, result);
      const next = run.undoAfter(position);
      await this.record(changes.undone(run.held, run.task.run, next, result?.persist));
      run.moveTo(next);
      return true;
    } catch (error) {
      return this.failedForGood(run, error);
    }
  }

  private async succeed(run: Run<Deps>): Promise<boolean> {
    try {
      const persist = await inStep(run.task, 'end', async () => run.saga.ends.succeeded?.(run.endContext()));
      await this.end(run, 'succeeded', persist);
      return false;
    } catch (error) {
      return this.failedForGood(run, error);
    }
  }

  private async finishUnwinding(run: Run<Deps>): Promise<boolean> {
    try {
      const after = await inStep(run.task, 'end', () => this.decide(run));
      if (after.kind === 'give_up') {
        await this.end(run, run.outcome, after.persist);
      } else if (run.isGivenUp) {
        this.parts.log.error('the saga would run again although it was given up; it ends', {
          kind: run.task.kind,
        });
        await this.end(run, run.outcome);
      } else {
        const conductorGroup = after.conductorGroup ?? run.task.conductor_group;
        const ref = { ...refOf(run.task), conductorGroup };
        await this.record(changes.runAgain(run.held, ref, after.input, after.persist));
      }
      return false;
    } catch (error) {
      return this.failedForGood(run, error);
    }
  }

  private async decide(run: Run<Deps>) {
    const { unwound } = run.saga.ends;
    const fault = run.fault ?? CANCELLED;
    if (!unwound) return { kind: 'give_up', persist: undefined } as const;
    const attempts = await this.attempts.list(this.parts.database.read, run.task.id);
    return unwound({
      ...run.endContext(),
      outputs: { ...run.outputs },
      fault,
      cancelled: run.isGivenUp,
      attempts,
    });
  }

  private async end(
    run: Run<Deps>,
    status: 'succeeded' | 'failed' | 'cancelled',
    persist?: Persist,
  ): Promise<void> {
    await this.record(changes.ended(run.held, status, run.task.parent_id, persist));
    observeTaskEnd(run.task.kind, status, run.task.created_at);
  }

  private async wait(
    run: Run<Deps>,
    result: Extract<StepResult<unknown>, { kind: 'wait' }>,
    step?: StepRecord,
  ): Promise<boolean> {
    const { condition, persist } = result;
    const row = { tries: run.tries + 1, startedAt: run.startedAt, stepCount: run.stepCount, step };
    await this.record(changes.waiting(run.held, refOf(run.task), row, condition, persist));
    return false;
  }

  /** An undo or an end that fails for good needs a person. */
  private async failedForGood(run: Run<Deps>, error: unknown): Promise<boolean> {
    const fault = await this.retryOrDecide(run, error);
    if (!fault) return false;
    if (run.abandoned) {
      this.parts.log.error('the saga cannot write down that it was given up', { fault: fault.toRecord() });
      await this.end(run, run.outcome);
      return false;
    }
    this.parts.log.error('the task is stuck: an operator must retry or abandon it', {
      fault: fault.toRecord(),
    });
    await this.record(changes.stuck(run.held, fault.toRecord()));
    return false;
  }

  /** Has the step tried again later, or returns the fault that decides it. */
  private async retryOrDecide(run: Run<Deps>, error: unknown, step?: StepRecord): Promise<Fault | undefined> {
    if (error instanceof ClaimLost || error instanceof RecordFailed) throw error;
    if (run.signal.aborted) {
      await this.release([run.held], true);
      return undefined;
    }
    const fault = this.faultOf(error);
    if (fault.category === 'bug') this.parts.log.error('a step threw what it should not', { error });
    const failures = run.countFailure(Date.now());
    const undoing = run.unwinding || run.position >= run.stepCount;
    const decision = afterFault(fault, failures, undoing, this.parts.times, Math.random());
    if (decision.kind === 'give_up') return fault;
    const { delayMs } = decision;
    const row = { tries: run.tries + 1, startedAt: run.startedAt, stepCount: run.stepCount, step };
    await this.record(changes.retryLater(run.held, refOf(run.task), row, fault, delayMs));
    return undefined;
  }

  private faultOf(error: unknown): Fault {
    // A step that reads while the database goes away made no mistake.
    return error instanceof Fault ? error : (databaseFault(error) ?? this.parts.classify(error));
  }

  private async record(change: changes.Change): Promise<Written> {
    const written = await this.recorder.record(change);
    if (written.ring.length > 0) this.parts.ring(written.ring);
    return written;
  }
}
