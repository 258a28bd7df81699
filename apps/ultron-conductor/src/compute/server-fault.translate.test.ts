import { describe, expect, it } from '@jest/globals';
import { faultOfServer } from './server-fault.translate.js';

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
