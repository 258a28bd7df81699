/** One way in which a saga is put under stress. */
export type Scenario =
  /** Nothing goes wrong. */
  | { kind: 'plain' }
  /** The step does its work twice, the second time in doubt: as after a success that was not recorded. */
  | { kind: 'repeat'; step: string }
  /** All is undone (the last step fails for good), and this undo is done twice. */
  | { kind: 'repeat_undo'; step: string }
  /** The step meets a fault once: passing (it is tried again) or final (all is undone). */
  | { kind: 'fail'; step: string; moment: FailMoment; final: boolean }
  /** All is undone, and this undo meets a passing fault once. */
  | { kind: 'fail_undo'; step: string; moment: 'before' | 'after' }
  /** All is undone, this undo fails for good, the task is stuck, and an operator retries it. */
  | { kind: 'stuck_undo'; step: string }
  /** The process dies at the nth record: after the remote effect, and before or after the commit of the record. */
  | { kind: 'kill'; record: number; moment: KillMoment; unwinding: boolean }
  /** Each record is lost once: the process dies before every single commit. */
  | { kind: 'kill_everywhere'; unwinding: boolean };

export type FailMoment =
  /** Nothing was done. */
  | 'before'
  /** The first call of the step had its effect; its answer was lost. */
  | 'after_first'
  /** The step, having waited, was about to be done. */
  | 'after_done';

export type KillMoment = 'before_commit' | 'after_commit';

export function describeScenario(scenario: Scenario): string {
  switch (scenario.kind) {
    case 'plain':
      return 'nothing goes wrong';
    case 'repeat':
      return `"${scenario.step}" is done twice`;
    case 'repeat_undo':
      return `"${scenario.step}" is undone twice`;
    case 'fail':
      return `"${scenario.step}" meets a ${scenario.final ? 'final' : 'passing'} fault ${WHEN[scenario.moment]}`;
    case 'fail_undo':
      return `the undo of "${scenario.step}" meets a passing fault ${scenario.moment} its effect`;
    case 'stuck_undo':
      return `the undo of "${scenario.step}" fails for good and an operator retries it`;
    case 'kill':
      return `the process dies ${scenario.moment === 'before_commit' ? 'before' : 'after'} record ${scenario.record}${
        scenario.unwinding ? ' of a run that unwinds' : ''
      }`;
    case 'kill_everywhere':
      return `the process dies before every record${scenario.unwinding ? ' of a run that unwinds' : ''}`;
  }
}

const WHEN: Record<FailMoment, string> = {
  before: 'before its effect',
  after_first: 'after its effect',
  after_done: 'after it has waited',
};
