import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repository } from '../dev.config.js';

/** A checkout with nothing in it but `.ci/run` and a bootstrap that does what a test says. */
let checkout: string;

beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'ultron-ci-'));
  cpSync(join(repository, '.ci/run'), join(checkout, '.ci/run'));
  mkdirSync(join(checkout, 'tools/dev'), { recursive: true });
});

afterAll(() => rmSync(checkout, { recursive: true, force: true }));

function run(bootstrap: string): { status: number | null; stdout: string } {
  writeFileSync(join(checkout, 'tools/dev/bootstrap.mjs'), bootstrap);
  const { status, stdout } = spawnSync(join(checkout, '.ci/run'), { encoding: 'utf8' });
  return { status, stdout };
}

describe('.ci/run', () => {
  it('ends with the sum, and well if nothing failed', () => {
    expect(run("console.log('something'); console.log('12 passed, 0 failed');")).toEqual({
      status: 0,
      stdout: '12 passed, 0 failed\n',
    });
  });

  it('ends badly if something failed, whatever the exit code', () => {
    const { status, stdout } = run("console.log('12 passed, 1 failed');");
    expect(stdout).toBe('12 passed, 1 failed\n');
    expect(status).not.toBe(0);
  });

  it('ends badly if the command did, although nothing seems to have failed', () => {
    expect(run("console.log('12 passed, 0 failed'); process.exit(3);")).toEqual({
      status: 3,
      stdout: '12 passed, 0 failed\n',
    });
  });

  it('counts what did not come as far as a sum as failed', () => {
    expect(run('process.exit(1);')).toEqual({ status: 1, stdout: '0 passed, 1 failed\n' });
  });
});
