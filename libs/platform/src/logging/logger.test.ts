import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { newContext, runInContext } from '../context/request-context.js';
import { openLog } from './logger.js';

function capture() {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  return { lines, log: openLog({ service: 'test', level: 'debug', destination }) };
}

describe('the log', () => {
  it('carries the context of the code that wrote it', () => {
    const { lines, log } = capture();
    const context = { ...newContext({ projectId: 'p', taskId: 't' }), step: 'boot' };
    runInContext(context, () => log.info('hello', { n: 1 }));
    log.info('outside');
    expect(lines[0]).toMatchObject({
      service: 'test',
      level: 'info',
      msg: 'hello',
      n: 1,
      trace_id: context.traceId,
      project_id: 'p',
      task_id: 't',
      step: 'boot',
    });
    expect(lines[1]).not.toHaveProperty('trace_id');
  });

  it('hides secrets wherever they stand', () => {
    const { lines, log } = capture();
    log.info('x', {
      password: 'hunter2',
      body: { auth: { password: 'hunter2' }, token: 'hunter2' },
      headers: { 'x-auth-token': 'hunter2', authorization: 'Bearer hunter2' },
      cluster: { credential: { secret: 'hunter2' } },
    });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it('keeps what was thrown', () => {
    const { lines, log } = capture();
    log.error('failed', { error: new Error('why', { cause: new Error('root') }) });
    expect(lines[0]).toMatchObject({
      level: 'error',
      msg: 'failed',
      err: { message: expect.stringContaining('why') },
    });
  });
});
