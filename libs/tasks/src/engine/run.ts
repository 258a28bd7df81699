import type { FaultRecord } from '@ultron/kernel/fault';
import type { EndContext, Saga, StepContext, UndoContext } from '../saga/saga.js';
import type { TaskEntity } from '../task/task.entity.js';
import type { StepRecord } from './change.js';
import type { Claimed, Held } from './claim.repository.js';
import { NOTHING } from '../saga/saga.js';
import { nextMove, type Failures, type Move } from './run.rules.js';

/** A claimed task while this process runs it: the row as it is known here, and what the steps returned. */
export class Run<Deps> {
  readonly held: Held;
  readonly outputs: Record<string, unknown> = {};
  /** Steps that are recorded as done in this run. */
  private readonly done = new Set<string>();
  position: number;
  unwinding: boolean;
  tries: number;
  inDoubt: boolean;
  startedAt: Date;
  cancelRequested: boolean;
  fault: FaultRecord | null;
  private failures: number;
  private failingSince: number | undefined;

  constructor(
    readonly task: TaskEntity,
    readonly saga: Saga<Deps>,
    readonly deps: Deps,
    readonly signal: AbortSignal,
    steps: Claimed['steps'],
  ) {
    this.held = { id: task.id, epoch: task.epoch };
    this.position = task.current_step;
    this.unwinding = task.unwinding === 1;
    this.tries = task.step_tries;
    this.inDoubt = task.step_in_doubt === 1;
    this.startedAt = task.step_began_at ?? new Date();
    this.cancelRequested = task.cancel_requested === 1;
    this.fault = task.fault;
    this.failures = task.failures;
    this.failingSince = task.failing_since?.getTime();
    for (const step of steps) {
      if (step.output === null) continue;
      this.outputs[step.name] = step.output.value;
      if (step.status === 'done') this.done.add(step.name);
    }
  }

  get stepCount(): number {
    return this.saga.steps.length;
  }

  /** An operator gave the task up: it ends as failed, whatever is left behind. */
  get abandoned(): boolean {
    return this.fault !== null && 'abandoned' in this.fault;
  }

  /** By its caller or an operator: it does not run again. */
  get isGivenUp(): boolean {
    return this.cancelRequested || this.abandoned;
  }

  /** How it ends once it was unwound. */
  get outcome(): 'cancelled' | 'failed' {
    return this.cancelRequested && !this.abandoned ? 'cancelled' : 'failed';
  }

  next(): Move {
    return nextMove({
      unwinding: this.unwinding,
      step: this.position,
      stepCount: this.stepCount,
      begun: this.tries > 0 || this.inDoubt,
      cancelRequested: this.cancelRequested,
    });
  }

  stepAt(position: number): Saga<Deps>['steps'][number] {
    const step = this.saga.steps[position];
    if (!step) throw new Error(`${this.saga.kind} has no step ${position}`);
    return step;
  }

  stepContext(position: number): StepContext<Deps, unknown, unknown> {
    const before = this.saga.steps.slice(0, position).map((step) => step.name);
    return {
      ...this.endContext(),
      outputs: Object.fromEntries(
        before.filter((name) => name in this.outputs).map((name) => [name, this.outputs[name]]),
      ),
      inDoubt: this.inDoubt,
      tries: this.tries,
      epoch: this.held.epoch,
      signal: this.signal,
    };
  }

  undoContext(position: number): UndoContext<Deps, unknown, unknown, unknown> {
    const { name } = this.stepAt(position);
    return { ...this.stepContext(position), output: this.done.has(name) ? this.outputs[name] : undefined };
  }

  /** What is recorded of the present step. */
  stepRecord(position: number, status: StepRecord['status']): StepRecord {
    const { name } = this.stepAt(position);
    return { run: this.task.run, position, name, status, tries: this.tries + 1, startedAt: this.startedAt };
  }

  /** What is shown of a step that begins now; undefined past the last one. */
  stepBegun(position: number): StepRecord | undefined {
    const name = this.saga.steps[position]?.name;
    if (name === undefined || this.cancelRequested) return undefined;
    return { run: this.task.run, position, name, status: 'running', tries: 1, startedAt: new Date() };
  }

  endContext(): EndContext<Deps, unknown, unknown> {
    const { task } = this;
    return {
      deps: this.deps,
      taskId: task.id,
      projectId: task.project_id,
      input: task.input,
      outputs: { ...this.outputs },
    };
  }

  /** The next step to undo after this one; steps that leave nothing behind are passed over. */
  undoAfter(position: number): number {
    let next = position - 1;
    while (next >= 0 && this.stepAt(next).definition.undo === NOTHING) next--;
    return next;
  }

  /** Counts a fault of the present step. */
  countFailure(now: number): Failures {
    this.failures++;
    this.failingSince ??= now;
    return { count: this.failures, sinceMs: Math.max(0, now - this.failingSince) };
  }

  stepIsDone(position: number, output: unknown): void {
    const { name } = this.stepAt(position);
    this.outputs[name] = output;
    this.done.add(name);
    this.moveTo(position + 1);
  }

  turnRound(from: number, fault: FaultRecord): void {
    this.unwinding = true;
    this.fault = fault;
    this.moveTo(from);
  }

  moveTo(position: number): void {
    this.position = position;
    this.tries = 0;
    this.inDoubt = false;
    this.startedAt = new Date();
    this.failures = 0;
    this.failingSince = undefined;
  }
}
