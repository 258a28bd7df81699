import { describe, expect, it } from '@jest/globals';
import type { ServerFaultWire, UnknownServerWire } from '@ultron/openstack/compute/servers.wire';
import { faultOfServer, onceExplained } from './server-fault.translate.js';

const none = { message: null, requestId: null };
const of = (message: string) => faultOfServer('cluster-1', { code: 500, message }, none);

describe('faultOfServer', () => {
  it('takes for a lack of room what Nova says then', () => {
    const messages = [
      'No valid host was found. There are not enough hosts available.',
      'Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures',
      'Build of instance 1 aborted: Insufficient compute resources: Free memory 12.00 MB < requested 2048 MB.',
      'MaxRetriesExceeded',
    ];
    for (const message of messages) expect([message, of(message).category]).toEqual([message, 'capacity']);
  });

  it('tells a quota, and whatever else, from it', () => {
    expect(of('Quota exceeded for ports').category).toBe('quota');
    expect(of('Build of instance 1 aborted: image is corrupt')).toMatchObject({
      category: 'unavailable',
      code: 'server_failed',
      retryable: false,
    });
  });

  it('adds what the instance action says, and admits when nobody says anything', () => {
    const fault = faultOfServer(
      'c',
      { code: 500, message: 'Timeout' },
      { message: 'VIF plugging', requestId: 'req-1' },
    );
    expect(fault.message).toBe('c: the server went to ERROR: Timeout; VIF plugging.');
    expect(fault.extra['openstack']).toMatchObject({ request_id: 'req-1' });
    expect(faultOfServer('c', undefined, none).message).toContain('does not say why');
  });
});

describe('onceExplained', () => {
  const inError = (message?: string): UnknownServerWire & { fault?: ServerFaultWire } => ({
    id: 's',
    status: 'UNKNOWN',
    tenant_id: 'p',
    created: '',
    links: [],
    ...(message ? { fault: { code: 500, created: '', message } } : {}),
  });
  const ask = async (answers: (UnknownServerWire | null)[]) => {
    let [asked, paused] = [0, 0];
    const server = await onceExplained(
      async () => answers[asked++] ?? null,
      async () => void (paused += 1),
    );
    return { server, asked, paused };
  };

  it('asks again for a reason that is written after the state', async () => {
    const told = inError('No valid host was found');
    expect(await ask([inError(), inError(), told])).toEqual({ server: told, asked: 3, paused: 2 });
  });

  it('takes what there is of a server that never says why, and does not wait for one that is gone', async () => {
    const mute = inError();
    expect(await ask([mute, mute, mute, mute, mute])).toEqual({ server: mute, asked: 4, paused: 3 });
    expect(await ask([null])).toEqual({ server: null, asked: 1, paused: 0 });
  });
});
