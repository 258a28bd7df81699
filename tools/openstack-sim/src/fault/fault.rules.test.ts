import { describe, expect, it } from '@jest/globals';
import { fits, parseFaultHeader, parseRule } from './fault.rules.js';

describe('the fault header', () => {
  it.each([
    ['status=503;retry-after=2', { kind: 'status', status: 503, retryAfter: 2 }],
    ['slow=500', { kind: 'slow', ms: 500 }],
    ['short-page=10;silent', { kind: 'short-page', keep: 10, silent: true }],
    ['stale-page=5000', { kind: 'stale-page', ms: 5000 }],
    ['down-cell', { kind: 'down-cell', cell: 'cell1' }],
    ['down-cell=cell2', { kind: 'down-cell', cell: 'cell2' }],
    ['drop-answer', { kind: 'drop-answer' }],
  ])('%s', (text, effect) => {
    expect(parseFaultHeader(text)).toEqual([effect]);
  });

  it('may ask for several', () => {
    expect(parseFaultHeader('slow=5, drop-answer').map((effect) => effect.kind)).toEqual([
      'slow',
      'drop-answer',
    ]);
  });

  it.each(['plague', 'slow', 'slow=soon', 'status=-1'])('refuses %s', (text) => {
    expect(() => parseFaultHeader(text)).toThrow('X-Sim-Fault');
  });
});

describe('a rule', () => {
  const target = { cluster: 'a', service: 'compute', method: 'POST', url: '/v2.1/servers' };
  const effect = { kind: 'hang' } as const;

  it('fits when every member does', () => {
    expect(fits({ id: '1', effect }, target)).toBe(true);
    expect(
      fits({ id: '1', effect, cluster: 'a', service: 'compute', method: 'post', path: 'servers$' }, target),
    ).toBe(true);
    expect(fits({ id: '1', effect, cluster: 'b' }, target)).toBe(false);
    expect(fits({ id: '1', effect, method: 'GET' }, target)).toBe(false);
    expect(fits({ id: '1', effect, path: '^/v2.1/flavors' }, target)).toBe(false);
  });

  it.each([
    [{}, 'effect'],
    [{ effect: { kind: 'plague' } }, 'hang'],
    [{ effect: { kind: 'slow' } }, 'effect.ms'],
    [{ effect, colour: 'red' }, 'colour'],
    [{ effect, path: '(' }, 'Invalid regular expression'],
  ])('%j is refused', (input, message) => {
    expect(() => parseRule(input, '1')).toThrow(message);
  });
});
