import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  allows,
  isFinal,
  nextStatuses,
  parentOutcome,
  sourcesOf,
  TASK_EVENTS,
  TASK_STATUSES,
  type TaskStatus,
} from './task.state.js';

const anyStatus = fc.constantFrom(...TASK_STATUSES);
const anyEvent = fc.constantFrom(...TASK_EVENTS);

function reachableFrom(start: TaskStatus): Set<TaskStatus> {
  const seen = new Set<TaskStatus>([start]);
  for (const status of seen) {
    for (const event of TASK_EVENTS) for (const next of nextStatuses(status, event)) seen.add(next);
  }
  return seen;
}

describe('the states of a task', () => {
  it('reach every status from queued', () => {
    expect([...reachableFrom('queued')].sort()).toEqual([...TASK_STATUSES].sort());
  });

  it('have an end within reach everywhere', () => {
    fc.assert(fc.property(anyStatus, (status) => [...reachableFrom(status)].some(isFinal)));
  });

  it('leave an end only by the hand of an operator', () => {
    fc.assert(
      fc.property(anyStatus.filter(isFinal), anyEvent, (status, event) => {
        return !allows(status, event) || event === 'operator_retry';
      }),
    );
  });

  it('never succeed while they unwind', () => {
    fc.assert(fc.property(anyEvent, (event) => !nextStatuses('unwinding', event).includes('succeeded')));
  });

  it('are worked on only after a claim', () => {
    fc.assert(
      fc.property(anyStatus, anyEvent, (status, event) => {
        const begins = nextStatuses(status, event).some((next) => next === 'running' || next === 'unwinding');
        return !begins || event === 'claim' || event === 'fail_step';
      }),
    );
  });

  it('know where each event may come from', () => {
    fc.assert(
      fc.property(
        anyStatus,
        anyEvent,
        (status, event) => sourcesOf(event).includes(status) === allows(status, event),
      ),
    );
  });
});

const someChildren = fc
  .record({ succeeded: fc.nat(20), failed: fc.nat(20), open: fc.nat(20), minSucceeded: fc.nat(60) })
  .map(({ open, ...rest }) => ({ ...rest, total: rest.succeeded + rest.failed + open }));

describe('the end of a parent', () => {
  it('comes exactly when no child is under way', () => {
    fc.assert(
      fc.property(someChildren, fc.boolean(), (children, cancelled) => {
        const open = children.total - children.succeeded - children.failed;
        return (parentOutcome(children, cancelled) === undefined) === open > 0;
      }),
    );
  });

  it('is a success exactly when enough children succeeded', () => {
    fc.assert(
      fc.property(someChildren, fc.boolean(), (children, cancelled) => {
        const outcome = parentOutcome(children, cancelled);
        if (outcome === undefined) return true;
        return (outcome === 'succeeded') === children.succeeded >= children.minSucceeded;
      }),
    );
  });
});
