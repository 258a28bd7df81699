import { Fault } from '@ultron/kernel/fault';
import type { FindingState } from './finding.state.js';

export const findingNotFound = (id: string): Fault =>
  new Fault({ code: 'finding_not_found', category: 'not_found', detail: `There is no finding ${id}.` });

export const findingStateConflict = (state: FindingState, wish: string): Fault =>
  new Fault({
    code: 'finding_state_conflict',
    category: 'conflict',
    detail: `A finding that is ${state} cannot be ${wish}.`,
    retryable: state === 'repairing',
    extra: { finding_state: state },
  });

export const findingNotRepairable = (why: string): Fault =>
  new Fault({ code: 'finding_not_repairable', category: 'conflict', detail: why, whoCanFix: 'operator' });
