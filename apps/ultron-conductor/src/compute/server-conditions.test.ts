import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isMet } from './server-conditions.js';

const seen = (status: string, taskState: string | null = null) => ({ status, taskState });

describe('what a task waits for', () => {
  it('is a server that was built when it left BUILD for good, or failed', () => {
    const built = { built: true };
    expect(isMet(built, seen('BUILD', 'spawning'))).toBe(false);
    expect(isMet(built, seen('ACTIVE', 'spawning'))).toBe(false);
    expect(isMet(built, seen('ACTIVE'))).toBe(true);
    expect(isMet(built, seen('ERROR'))).toBe(true);
    expect(isMet(built, seen('DELETED'))).toBe(true);
  });

  it('is a server that is gone only when the cluster says so', () => {
    const gone = { gone: true };
    expect(isMet(gone, seen('ACTIVE', 'deleting'))).toBe(false);
    expect(isMet(gone, seen('ERROR'))).toBe(false);
    expect(isMet(gone, seen('DELETED'))).toBe(true);
    expect(isMet(gone, seen('SOFT_DELETED'))).toBe(true);
  });

  it('is an idle server when nothing is at work on it', () => {
    const idle = { idle: true };
    expect(isMet(idle, seen('ACTIVE', 'powering-off'))).toBe(false);
    expect(isMet(idle, seen('SHUTOFF'))).toBe(true);
    expect(isMet(idle, seen('ERROR', 'powering-off'))).toBe(true);
  });

  it('is never met by a server of a cell that is down', () => {
    const until = fc.constantFrom({ built: true }, { gone: true }, { idle: true });
    const taskState = fc.constantFrom(null, 'spawning', 'deleting');
    fc.assert(fc.property(until, taskState, (wanted, state) => !isMet(wanted, seen('UNKNOWN', state))));
  });
});
