import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, Env } from './env.js';

function problemsOf(read: (env: Env) => void, variables: NodeJS.ProcessEnv): readonly string[] {
  const env = new Env(variables);
  read(env);
  try {
    env.finish();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the environment', () => {
  it('is read with its defaults', () => {
    const env = new Env({ PORT: '8080', LEVEL: '', DOMAINS: 'b, a' });
    expect(env.integer('PORT', { min: 1, max: 65_535 })).toBe(8080);
    expect(env.oneOf('LEVEL', ['info', 'warn'], { default: 'info' })).toBe('info');
    expect(env.list('DOMAINS', ['a', 'b', 'c'])).toEqual(['a', 'b']);
    expect(env.optional('ABSENT')).toBeUndefined();
    expect(() => env.finish()).not.toThrow();
  });

  it('names all that is wrong at once, and what would be right', () => {
    const read = (env: Env) => {
      env.integer('PORT', { min: 1, max: 65_535 });
      env.url('DATABASE', ['mysql'], { what: 'where the rows are' });
      env.oneOf('LEVEL', ['info', 'warn']);
      env.list('DOMAINS', ['a', 'b']);
      env.key('KEY', 32);
    };
    expect(problemsOf(read, { PORT: '0x', LEVEL: 'loud', DOMAINS: 'a,z', KEY: 'c2hvcnQ=' })).toEqual([
      'PORT must be a whole number from 1 to 65535',
      'DATABASE is missing; it must be a URL such as mysql://host/…: where the rows are',
      'LEVEL must be one of info, warn',
      'DOMAINS must be a comma-separated list of a, b',
      'KEY must be 32 bytes in base64 (make one with: openssl rand -base64 32)',
    ]);
  });

  it('never shows a value', () => {
    const problems = problemsOf((env) => env.key('KEY', 32), { KEY: 'hunter2' });
    expect(problems.join()).not.toContain('hunter2');
  });

  it('takes each value from a file too', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'env-')), 'secret');
    writeFileSync(file, 'mysql://u:p@host/db\n');
    expect(new Env({ DATABASE_FILE: file }).url('DATABASE', ['mysql'])).toBe('mysql://u:p@host/db');
    const both = problemsOf((env) => env.text('A'), { A: 'x', A_FILE: file });
    expect(both).toEqual(['A and A_FILE are both given; give one of them']);
    const missing = problemsOf((env) => env.text('A'), { A_FILE: '/nowhere/secret' });
    expect(missing[0]).toBe('A_FILE names a file that cannot be read: /nowhere/secret');
  });
});
