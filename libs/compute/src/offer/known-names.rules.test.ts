import { describe, expect, it } from '@jest/globals';
import { nearestNames, unknownName } from './known-names.rules.js';

describe('nearestNames', () => {
  it('puts what was probably meant first', () => {
    expect(nearestNames('m1.smal', ['m1.large', 'm1.small', 'm1.tiny'])[0]).toBe('m1.small');
    expect(nearestNames('CIRROS', ['debian', 'cirros'])[0]).toBe('cirros');
  });

  it('shows at most ten', () => {
    const known = Array.from({ length: 30 }, (_, i) => `flavor-${i}`);
    expect(nearestNames('x', known)).toHaveLength(10);
  });
});

describe('unknownName', () => {
  it('says what is known', () => {
    expect(unknownName('flavor', 'x', ['a', 'b'])).toBe("There is no flavor 'x'; known are: a, b.");
    expect(unknownName('image', 'x', [])).toBe("There is no image 'x', and no other either.");
  });
});
