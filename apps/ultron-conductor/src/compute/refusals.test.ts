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

const of = (what: string, epoch: number) => ({ taskId: 't', what, epoch });

describe('Refusals', () => {
  it('remembers once that nothing came of the try before', async () => {
    const refusals = new Refusals();
    await expect(refusals.watch(of('a', 1), failing(false))).rejects.toThrow(OpenStackError);
    expect([of('a', 2), of('a', 2), of('b', 2)].map((next) => refusals.take(next))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('knows nothing of a try that may have had its effect, that succeeded, or that failed otherwise', async () => {
    const refusals = new Refusals();
    await expect(refusals.watch(of('a', 1), failing(true))).rejects.toThrow(OpenStackError);
    await refusals.watch(of('b', 1), () => Promise.resolve(1));
    await expect(refusals.watch(of('c', 1), () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
    expect(['a', 'b', 'c'].some((what) => refusals.take(of(what, 2)))).toBe(false);
  });

  it('knows nothing when another claim lay in between, or the same try was made again', async () => {
    const refusals = new Refusals();
    await expect(refusals.watch(of('a', 1), failing(false))).rejects.toThrow(OpenStackError);
    expect(refusals.take(of('a', 3))).toBe(false);
    await expect(refusals.watch(of('b', 1), failing(false))).rejects.toThrow(OpenStackError);
    await expect(refusals.watch(of('b', 1), failing(true))).rejects.toThrow(OpenStackError);
    expect(refusals.take(of('b', 2))).toBe(false);
  });
});
