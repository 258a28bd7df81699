import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readDevConfig } from '../dev.config.js';
import { isRunning, recordProcess } from '../process/process-record.js';
import { writeProcessFile } from '../supervisor/process-file.js';
import { instanceOf } from './instance.js';
import { clearLeftovers, requireFreePorts } from './leftovers.js';
import { readStartOptions } from './start.options.js';

const folder = mkdtempSync(join(tmpdir(), 'ultron-leftovers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const instance = instanceOf(readDevConfig({ ULTRON_DATA_DIR: folder }));

describe('before a start', () => {
  it('ends what an instance that was killed has left running', async () => {
    const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const record = await recordProcess('ultron-api', Number(orphan.pid));
    const supervisor = { name: 'supervisor', pid: process.pid, startedAt: 'long ago' };
    await writeProcessFile(instance.processFile, supervisor, [record]);
    await clearLeftovers(instance);
    expect(await isRunning(record)).toBe(false);
  });

  it('refuses a second instance with the same data', async () => {
    await writeProcessFile(instance.processFile, await recordProcess('supervisor', process.pid), []);
    await expect(clearLeftovers(instance)).rejects.toThrow(/runs already[^]*ULTRON_DATA_DIR/);
  });

  it('names the port that somebody else has', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    await expect(requireFreePorts([port])).rejects.toThrow(`port ${port}. Set ULTRON_PORT_BASE`);
    await new Promise((resolve) => server.close(resolve));
    await requireFreePorts([port]);
  });

  it('reads its options and refuses unknown ones', () => {
    expect(readStartOptions(['--json', '--no-sim', '--no-conductors'])).toEqual({
      json: true,
      simulator: false,
      conductors: false,
    });
    expect(readStartOptions([])).toEqual({ json: false, simulator: true, conductors: true });
    expect(() => readStartOptions(['--jsno'])).toThrow(/--jsno/);
  });
});
