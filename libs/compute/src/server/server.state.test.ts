import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Fault } from '@ultron/kernel/fault';
import { ACTION_RULES, mayBecome, requireAllowed, SERVER_ACTIONS, SERVER_STATUSES } from './server.state.js';

const anyStatus = fc.constantFrom(...SERVER_STATUSES);
const anyAction = fc.constantFrom(...SERVER_ACTIONS);

describe('the states of a server', () => {
  it('has no way out of deleted', () => {
    for (const status of SERVER_STATUSES) expect(mayBecome('deleted', status)).toBe(false);
  });

  it('lets every server that is not deleted be deleted, in at most two steps', () => {
    for (const status of SERVER_STATUSES.filter((s) => s !== 'deleted' && s !== 'deleting')) {
      expect(mayBecome(status, 'deleting')).toBe(true);
    }
    expect(mayBecome('deleting', 'deleted')).toBe(true);
  });

  it('reaches every state from requested', () => {
    const reached = new Set(['requested']);
    for (const from of reached) {
      for (const to of SERVER_STATUSES) if (mayBecome(from as 'requested', to)) reached.add(to);
    }
    expect(reached).toEqual(new Set(SERVER_STATUSES));
  });
});

describe('the actions on a server', () => {
  it('allows an action exactly in the states of its rule, else it names them', () => {
    fc.assert(
      fc.property(anyAction, anyStatus, (action, status) => {
        const { allowedIn } = ACTION_RULES[action];
        const attempt = () => requireAllowed(action, status);
        if (allowedIn.includes(status)) return expect(attempt).not.toThrow();
        const fault = faultOf(attempt);
        expect(fault).toMatchObject({ code: 'server_state_conflict', category: 'conflict' });
        expect(fault.extra['allowed_in']).toEqual(allowedIn);
        for (const state of allowedIn) expect(fault.message).toContain(state);
      }),
    );
  });

  it('moves a server only along the table', () => {
    for (const action of SERVER_ACTIONS) {
      const { allowedIn, meanwhile, afterwards } = ACTION_RULES[action];
      if (meanwhile === null || afterwards === null) continue;
      for (const status of allowedIn.filter((s) => s !== meanwhile)) {
        expect([action, status, mayBecome(status, meanwhile)]).toEqual([action, status, true]);
      }
      expect(mayBecome(meanwhile, afterwards)).toBe(true);
    }
  });

  it('says in words what is wrong', () => {
    expect(faultOf(() => requireAllowed('stop', 'building')).message).toBe(
      'A server that is building cannot be stopped; that is allowed when it is active or error.',
    );
    expect(faultOf(() => requireAllowed('reboot_soft', 'stopped')).message).toBe(
      'A server that is stopped cannot be rebooted (soft); that is allowed when it is active.',
    );
  });
});

function faultOf(attempt: () => void): Fault {
  try {
    attempt();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
