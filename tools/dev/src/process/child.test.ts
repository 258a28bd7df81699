import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { withLockFile } from './lock-file.js';
import { endProcesses, isRunning, pause, recordProcess } from './process-record.js';

const folder = mkdtempSync(join(tmpdir(), 'ultron-child-'));
const parents: ChildProcess[] = [];
afterAll(() => {
  for (const parent of parents) parent.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('Child', () => {
  it('ends when the process that started it is killed', async () => {
    const script = `
      import { Child } from ${JSON.stringify(join(import.meta.dirname, 'child.js'))};
      const sleep = ['-e', 'setInterval(() => {}, 1000)'];
      const child = await Child.start({ command: process.execPath, args: sleep }, ${JSON.stringify(join(folder, 'log'))});
      process.stdout.write(String(child.pid));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    parents.push(parent);
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (text) => resolve(Number(text))),
    );
    const record = await recordProcess('child', pid);
    expect(await isRunning(record)).toBe(true);
    parent.kill('SIGKILL');
    for (let i = 0; i < 100 && (await isRunning(record)); i++) await pause(50);
    expect(await isRunning(record)).toBe(false);
  });
});

describe('process records', () => {
  it('take another process with the same pid for what it is', async () => {
    const me = await recordProcess('me', process.pid);
    const reused = { ...me, startedAt: '1' };
    expect(await isRunning(me)).toBe(true);
    expect(await isRunning(reused)).toBe(false);
    expect(await endProcesses([reused], 100)).toEqual([]);
  });
});

describe('withLockFile', () => {
  it('lets one at a time do the work', async () => {
    let inside = 0;
    let most = 0;
    const work = () =>
      withLockFile(join(folder, 'lock'), async () => {
        most = Math.max(most, ++inside);
        await pause(20);
        inside--;
      });
    await Promise.all([work(), work(), work()]);
    expect(most).toBe(1);
  });

  it('does not wait for a holder that is gone', async () => {
    const file = join(folder, 'stale');
    writeFileSync(file, JSON.stringify({ name: 'gone', pid: process.pid, startedAt: '1' }));
    expect(await withLockFile(file, () => Promise.resolve('done'))).toBe('done');
    expect(() => readFileSync(file)).toThrow(/ENOENT/);
  });
});
