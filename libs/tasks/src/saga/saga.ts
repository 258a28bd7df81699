import type { Transaction } from '@ultron/platform/database/transaction';
import type { FaultRecord } from '@ultron/kernel/fault';
import type { Condition } from './condition.js';

/**
 * Rows to write together with the record of a step. The engine runs it in the transaction that also checks the
 * worker's epoch, so a worker that woke up too late writes nothing at all.
 */
export type Persist = (tx: Transaction) => Promise<void>;

export interface Done<Output> {
  kind: 'done';
  output: Output;
  persist?: Persist | undefined;
}
export interface Waiting {
  kind: 'wait';
  condition: Condition;
  persist?: Persist | undefined;
}
export type StepResult<Output> = Done<Output> | Waiting;

/** The step is finished; its output is stored and never computed again. */
export const done = <Output>(output: Output, persist?: Persist): Done<Output> => ({
  kind: 'done',
  output,
  persist,
});

/** The step cannot go on yet. The worker is freed; the step's `do` runs again once the condition is met. */
export const waitFor = (condition: Condition, persist?: Persist): Waiting => ({
  kind: 'wait',
  condition,
  persist,
});

export interface StepContext<Deps, Input, Outputs> {
  readonly deps: Deps;
  readonly taskId: string;
  readonly projectId: string | null;
  readonly input: Input;
  /** What the steps before this one returned. */
  readonly outputs: Outputs;
  /**
   * True when an earlier try of this step may have had its effect without being recorded (the worker died, or
   * the answer was lost). A step that creates something looks for it first when this is set.
   */
  readonly inDoubt: boolean;
  /** How often this step was begun before, in all claims of this run; 0 at the first try. */
  readonly tries: number;
  /** The number of the present claim of the task: one more than that of the claim before, whoever had it. */
  readonly epoch: number;
  /** Aborted when the worker must let go: shutdown, or its claim was lost. */
  readonly signal: AbortSignal;
}

/** `output` is missing when the step was begun but never recorded: its undo must look for what it may have made. */
export interface UndoContext<Deps, Input, Outputs, Output> extends StepContext<Deps, Input, Outputs> {
  readonly output: Output | undefined;
}

export type Undo<Deps, Input, Outputs, Output> =
  ((context: UndoContext<Deps, Input, Outputs, Output>) => Promise<StepResult<void>>) | typeof NOTHING;

/** The undo of a step that leaves nothing behind. */
export const NOTHING = 'nothing to undo' as const;

export interface StepDefinition<Deps, Input, Outputs, Output> {
  do: (context: StepContext<Deps, Input, Outputs>) => Promise<StepResult<Output>>;
  undo: Undo<Deps, Input, Outputs, Output>;
}

/** What a saga decides after a failed run was unwound. */
export type AfterUnwind<Input> =
  | { kind: 'give_up'; persist?: Persist | undefined }
  /** Run again from the first step with another input, e.g. on another cluster; the attempt is kept. */
  | { kind: 'run_again'; input: Input; conductorGroup?: string; persist?: Persist | undefined };

export interface EndContext<Deps, Input, Outputs> {
  readonly deps: Deps;
  readonly taskId: string;
  readonly projectId: string | null;
  readonly input: Input;
  readonly outputs: Outputs;
}

export interface UnwoundContext<Deps, Input, Outputs> extends EndContext<Deps, Input, Partial<Outputs>> {
  readonly fault: FaultRecord;
  /** By its caller; or an operator gave it up, and something may be left behind. It cannot run again. */
  readonly cancelled: boolean;
  /** The faults of the earlier runs of this task, oldest first. */
  readonly attempts: readonly { input: Input; fault: FaultRecord }[];
}

export interface SagaEnds<Deps, Input, Outputs> {
  /** Runs in the transaction that marks the task succeeded. */
  succeeded?: (context: EndContext<Deps, Input, Outputs>) => Promise<Persist | undefined>;
  /** Decides, and writes, once all is unwound: give up, or run again elsewhere. */
  unwound?: (context: UnwoundContext<Deps, Input, Outputs>) => Promise<AfterUnwind<Input>>;
}

/** A finished definition, with its types erased for the engine. */
export interface Saga<Deps = unknown> {
  readonly kind: string;
  readonly domain: string;
  readonly steps: readonly { name: string; definition: StepDefinition<Deps, unknown, unknown, unknown> }[];
  readonly ends: SagaEnds<Deps, unknown, unknown>;
}

export class SagaBuilder<Deps, Input, Outputs extends object> {
  private constructor(
    readonly kind: string,
    readonly domain: string,
    private readonly steps: Saga<Deps>['steps'],
  ) {}

  static begin<Deps, Input>(kind: string, domain: string): SagaBuilder<Deps, Input, object> {
    return new SagaBuilder<Deps, Input, object>(kind, domain, []);
  }

  /** Adds a step. It sees the outputs of the steps above it and of no others. */
  step<Name extends string, Output>(
    name: Name extends keyof Outputs ? never : Name,
    definition: StepDefinition<Deps, Input, Outputs, Output>,
  ): SagaBuilder<Deps, Input, Outputs & Record<Name, Output>> {
    const step = { name, definition } as unknown as Saga<Deps>['steps'][number];
    return new SagaBuilder(this.kind, this.domain, [...this.steps, step]);
  }

  ends(ends: SagaEnds<Deps, Input, Outputs> = {}): Saga<Deps> {
    return {
      kind: this.kind,
      domain: this.domain,
      steps: this.steps,
      ends: ends as unknown as SagaEnds<Deps, unknown, unknown>,
    };
  }
}

/** Begins the definition of a saga: `saga<Deps, Input>('server.create', 'compute').step(…).step(…).ends(…)`. */
export const saga = <Deps, Input>(kind: string, domain: string): SagaBuilder<Deps, Input, object> =>
  SagaBuilder.begin<Deps, Input>(kind, domain);
