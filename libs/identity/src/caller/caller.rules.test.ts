import { describe, expect, it } from '@jest/globals';
import type { Caller, Role } from './caller.js';
import { DEFAULT_PROJECT_ID, maySee, projectToReadIn, projectToWriteIn } from './caller.rules.js';

const caller = (role: Role, projectId: string | null): Caller => ({ tokenId: 't', role, projectId });
const admin = caller('admin', null);
const notFound = expect.objectContaining({ code: 'project_not_found' });

describe('the project of a request', () => {
  it('is any for an admin, the default one to write in and all to read in', () => {
    expect(projectToWriteIn(admin)).toBe(DEFAULT_PROJECT_ID);
    expect(projectToWriteIn(admin, 'a')).toBe('a');
    expect(projectToReadIn(admin)).toBeUndefined();
    expect(projectToReadIn(admin, 'a')).toBe('a');
  });

  it.each<Role>(['member', 'reader'])('is its own for a %s, and others are not found', (role) => {
    const mine = caller(role, 'a');
    expect(projectToWriteIn(mine)).toBe('a');
    expect(projectToReadIn(mine, 'a')).toBe('a');
    expect(() => projectToWriteIn(mine, 'b')).toThrow(notFound);
    expect(() => projectToReadIn(mine, 'b')).toThrow(notFound);
    expect(() => projectToReadIn(caller(role, null))).toThrow(notFound);
  });

  it('decides what is seen', () => {
    expect([maySee(admin, 'a'), maySee(admin, null)]).toEqual([true, true]);
    const mine = caller('member', 'a');
    expect([maySee(mine, 'a'), maySee(mine, 'b'), maySee(mine, null)]).toEqual([true, false, false]);
    expect(maySee(caller('member', null), null)).toBe(false);
  });
});
