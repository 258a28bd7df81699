import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isRunning, pause, signal, type ProcessRecord } from '../process/process-record.js';
import { readProcessFile } from './process-file.js';
import type { Service } from './service.js';
import { Supervisor } from './supervisor.js';

const BACKOFF = { firstMs: 20, longestMs: 80, steadyAfterMs: 60_000 };
let folder: string;
let supervisor: Supervisor;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ultron-supervisor-'));
  supervisor = new Supervisor({
    logFolder: folder,
    processFile: join(folder, 'processes.json'),
    backoff: BACKOFF,
  });
});

afterEach(async () => {
  await supervisor.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A process that says when it starts and when it is asked to end, in its log. */
function service(name: string, script = "console.log('up'); setInterval(() => {}, 1000);"): Service {
  const onStop = "process.on('SIGTERM', () => { console.log('down ' + Date.now()); process.exit(0); });";
  return {
    name,
    launch: { command: process.execPath, args: ['-e', `${onStop}${script}`], graceMs: 500 },
    prepare: () => Promise.resolve(),
    isReady: async () => (await log(name)).includes('up'),
    readyWithinMs: 30_000,
  };
}

const log = (name: string) => readFile(join(folder, `${name}.log`), 'utf8').catch(() => '');

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not happen within 10 s');
    await pause(20);
  }
}

async function recordOf(name: string): Promise<ProcessRecord> {
  const file = await readProcessFile(join(folder, 'processes.json'));
  const record = file?.processes.find((process) => process.name === name);
  if (!record) throw new Error(`${name} is not in the file`);
  return record;
}

describe('Supervisor', () => {
  it('starts a child that was killed again, and tells its new pid', async () => {
    await supervisor.start(service('one'));
    const before = await recordOf('one');
    expect(supervisor.pids).toEqual({ one: before.pid });
    signal(before.pid, 'SIGKILL');
    await until(async () => (await recordOf('one')).pid !== before.pid);
    const after = await recordOf('one');
    expect(await isRunning(after)).toBe(true);
    expect(supervisor.pids).toEqual({ one: after.pid });
  });

  it('keeps trying when a child dies again and again', async () => {
    await supervisor.start(service('one', "console.log('up'); setTimeout(() => process.exit(3), 50);"));
    await until(async () => (await log('one')).split('up').length > 3);
  });

  it('stops in the opposite order of the start and leaves nothing running', async () => {
    await supervisor.start(service('first'));
    await supervisor.start(service('second'));
    const records = [await recordOf('first'), await recordOf('second')];
    await supervisor.stop();
    const [first, second] = await Promise.all(
      ['first', 'second'].map(async (name) => stoppedAt(await log(name))),
    );
    expect(second).toBeLessThanOrEqual(Number(first));
    expect(await Promise.all(records.map(isRunning))).toEqual([false, false]);
    expect((await readProcessFile(join(folder, 'processes.json')))?.pids).toEqual({});
  });

  it('kills a child that does not end when it is asked to', async () => {
    await supervisor.start(
      service(
        'deaf',
        "process.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000);",
      ),
    );
    const record = await recordOf('deaf');
    await supervisor.stop();
    expect(await isRunning(record)).toBe(false);
  });

  it('says what a child wrote last if it ends at its start', async () => {
    await expect(
      supervisor.start(service('bad', "console.error('no such table'); process.exit(1);")),
    ).rejects.toThrow(/bad ended at its start[^]*no such table/);
  });
});

function stoppedAt(text: string): number {
  return Number(/down (\d+)/.exec(text)?.[1]);
}
