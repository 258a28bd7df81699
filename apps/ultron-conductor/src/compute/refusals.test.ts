import { describe, expect, it } from '@jest/globals';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import { Refusals } from './refusals.js';

const failing = (outcomeUnknown: boolean) => () =>
  Promise.reject(
    new OpenStackError({
      kind: 'throttle',
      code: 'throttled',
      message: '',
      cluster: 'c',
      service: 'compute',
      method: 'POST',
      path: '/servers',
      outcomeUnknown,
    }),
  );

describe('Refusals', () => {
  it('remembers once that nothing came of a try', async () => {
    const refusals = new Refusals();
    await expect(refusals.watch('a', failing(false))).rejects.toThrow(OpenStackError);
    expect([refusals.take('a'), refusals.take('a'), refusals.take('b')]).toEqual([true, false, false]);
  });

  it('knows nothing of a try that may have had its effect, that succeeded, or that failed otherwise', async () => {
    const refusals = new Refusals();
    await expect(refusals.watch('a', failing(true))).rejects.toThrow(OpenStackError);
    await refusals.watch('b', () => Promise.resolve(1));
    await expect(refusals.watch('c', () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
    expect(['a', 'b', 'c'].some((key) => refusals.take(key))).toBe(false);
  });
});
