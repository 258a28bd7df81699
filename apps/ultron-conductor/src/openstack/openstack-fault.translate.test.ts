import { describe, expect, it } from '@jest/globals';
import { Fault } from '@ultron/kernel/fault';
import { OpenStackError, type OpenStackErrorKind } from '@ultron/openstack/error/openstack-error';
import { classify } from './openstack-fault.translate.js';

const error = (kind: OpenStackErrorKind, more: { retryable?: boolean; retryAfterMs?: number } = {}) =>
  new OpenStackError({
    kind,
    code: 'SomeName',
    message: 'it did not work',
    cluster: 'cluster-1',
    service: 'compute',
    method: 'POST',
    path: '/servers',
    status: 500,
    requestId: 'req-1',
    ...more,
  });

describe('classify', () => {
  it.each([
    ['quota', 'quota', false, 'operator'],
    ['capacity', 'capacity', false, 'cluster'],
    ['throttle', 'throttled', true, 'cluster'],
    ['conflict', 'conflict', false, 'operator'],
    ['invalid', 'invalid', false, 'operator'],
    ['auth', 'unavailable', true, 'operator'],
    ['gone', 'not_found', false, 'operator'],
    ['outage', 'unavailable', true, 'cluster'],
  ] as const)('turns %s into %s', (kind, category, retryable, whoCanFix) => {
    expect(classify(error(kind))).toMatchObject({
      code: `openstack_${kind}`,
      category,
      retryable,
      whoCanFix,
    });
  });

  it('keeps a conflict retryable when the cluster says so, and the time it asks for', () => {
    expect(classify(error('conflict', { retryable: true })).retryable).toBe(true);
    expect(classify(error('throttle', { retryAfterMs: 7000 })).retryAfterMs).toBe(7000);
  });

  it('goes on after a call was aborted: the worker let go, the task did not fail', () => {
    expect(classify(error('outage', { retryable: false })).retryable).toBe(true);
  });

  it('tells where it happened', () => {
    expect(classify(error('invalid')).toRecord()['openstack']).toEqual({
      cluster: 'cluster-1',
      service: 'compute',
      code: 'SomeName',
      status: 500,
      request_id: 'req-1',
    });
  });

  it('leaves faults alone and calls the rest a bug', () => {
    const fault = new Fault({ code: 'x', category: 'conflict', detail: 'y' });
    expect(classify(fault)).toBe(fault);
    expect(classify(new TypeError('undefined is no function'))).toMatchObject({
      category: 'bug',
      retryable: false,
    });
  });
});
