import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Database } from '@ultron/platform/database/database.service';
import { TokenAuthenticator } from './token.authenticator.js';
import type { TokenRepository } from './token.repository.js';
import type { TokenRow } from './token.row.js';
import { hashToken, newTokenSecret } from './token.secret.js';

const ROW = { id: 't', role: 'member', project_id: 'p', last_used_at: null } as TokenRow;
const CALLER = { tokenId: 't', role: 'member', projectId: 'p' };

class FakeTokens {
  readonly asked: string[] = [];
  readonly used: string[] = [];
  answer: () => Promise<TokenRow | undefined> = () => Promise.resolve(ROW);

  findValid(_: unknown, hash: string): Promise<TokenRow | undefined> {
    this.asked.push(hash);
    return this.answer();
  }
  markUsed(_: unknown, id: string): Promise<void> {
    this.used.push(id);
    return Promise.reject(new Error('nobody waits for it'));
  }
}

function begin() {
  const tokens = new FakeTokens();
  const subject = new TokenAuthenticator({ read: {} } as Database, tokens as unknown as TokenRepository);
  return { tokens, subject };
}

afterEach(() => {
  jest.useRealTimers();
});

describe('the authenticator', () => {
  it('asks once for many requests at once, and by the hash alone', async () => {
    const { tokens, subject } = begin();
    const callers = await Promise.all([1, 2, 3].map(() => subject.authenticate('secret')));
    expect(callers).toEqual([CALLER, CALLER, CALLER]);
    expect(tokens.asked).toEqual([hashToken('secret')]);
    expect(tokens.used).toEqual(['t']);
  });

  it('asks again after three seconds, so that a revoked token stops', async () => {
    jest.useFakeTimers();
    const { tokens, subject } = begin();
    expect(await subject.authenticate('secret')).toEqual(CALLER);
    tokens.answer = () => Promise.resolve(undefined);
    jest.advanceTimersByTime(2_900);
    expect(await subject.authenticate('secret')).toEqual(CALLER);
    jest.advanceTimersByTime(200);
    expect(await subject.authenticate('secret')).toBeUndefined();
    expect(tokens.asked).toHaveLength(2);
  });

  it('remembers no failure of the database', async () => {
    const { tokens, subject } = begin();
    tokens.answer = () => Promise.reject(new Error('away'));
    await expect(subject.authenticate('secret')).rejects.toThrow('away');
    tokens.answer = () => Promise.resolve(ROW);
    expect(await subject.authenticate('secret')).toEqual(CALLER);
  });

  it('gives a hanging database up in time', async () => {
    jest.useFakeTimers();
    const { tokens, subject } = begin();
    tokens.answer = () => new Promise(() => undefined);
    const asked = expect(subject.authenticate('secret')).rejects.toMatchObject({
      code: 'database_unavailable',
    });
    await jest.advanceTimersByTimeAsync(2_600);
    await asked;
  });

  it('keeps a bounded number of tokens', async () => {
    const { tokens, subject } = begin();
    tokens.answer = () => Promise.resolve(undefined);
    for (let i = 0; i < 10_001; i++) void subject.authenticate(`guess ${i}`);
    await subject.authenticate('guess 0');
    expect(tokens.asked).toHaveLength(10_002);
  });
});

describe('a token', () => {
  it('is random, recognisable, and known by its hash', () => {
    const [one, two] = [newTokenSecret(), newTokenSecret()];
    expect(one.secret).not.toBe(two.secret);
    expect(one.secret).toMatch(/^ultron_[0-9a-f]{8}_[\w-]{43}$/);
    expect(one.secret.startsWith(one.hint)).toBe(true);
    expect(one.hash).toBe(hashToken(one.secret));
    expect(one.hash).toMatch(/^[0-9a-f]{64}$/);
  });
});
