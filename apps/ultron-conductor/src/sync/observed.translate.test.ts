import { describe, expect, it } from '@jest/globals';
import { inOrder, sorted, sortedBy, timeOf } from './observed.translate.js';

describe('what is kept of objects', () => {
  it('has times of the cluster in UTC, whether it says so or not', () => {
    const expected = new Date('2026-01-02T03:04:05.000Z');
    expect(timeOf('2026-01-02T03:04:05Z')).toEqual(expected);
    expect(timeOf('2026-01-02T03:04:05')).toEqual(expected);
    expect(timeOf('2026-01-02T03:04:05.000000')).toEqual(expected);
    expect(timeOf('2026-01-02T05:04:05+02:00')).toEqual(expected);
    expect([timeOf(null), timeOf(undefined), timeOf(''), timeOf('never')]).toEqual([null, null, null, null]);
  });

  it('is the same whatever order the cluster gives it in', () => {
    expect(JSON.stringify(inOrder({ b: '2', a: '1' }))).toBe('{"a":"1","b":"2"}');
    expect(inOrder(undefined)).toEqual({});
    expect(sorted(['b', 'a'])).toEqual(['a', 'b']);
    expect(sorted(undefined)).toEqual([]);
    expect(sortedBy([{ ip: '10.0.0.2' }, { ip: '10.0.0.1' }], ({ ip }) => ip)).toEqual([
      { ip: '10.0.0.1' },
      { ip: '10.0.0.2' },
    ]);
  });
});
