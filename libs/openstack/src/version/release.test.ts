import { describe, expect, it } from '@jest/globals';
import { isTooOld, releaseOf } from './release.js';

describe('the release behind a Nova ceiling', () => {
  it.each([
    ['2.53', 'pike'],
    ['2.60', 'queens'],
    ['2.65', 'rocky'],
    ['2.72', 'stein'],
    ['2.79', 'train'],
    ['2.87', 'ussuri/victoria'],
    ['2.88', 'wallaby'],
    ['2.90', 'xena/yoga'],
    ['2.93', 'zed'],
    ['2.95', '2023'],
    ['2.96', '2024'],
    ['2.100', '2025'],
    ['2.103', '2026.1'],
  ])('%s is %s', (max, release) => expect(releaseOf(max)).toBe(release));

  it('names the older one with a plus between two ceilings, and beyond the last', () => {
    expect(releaseOf('2.92')).toBe('xena/yoga+');
    expect(releaseOf('2.110')).toBe('2026.1+');
    expect(releaseOf('2.1')).toBe('unknown');
  });

  it('takes everything before Queens as too old', () => {
    expect(isTooOld('2.53')).toBe(true);
    expect(isTooOld('2.60')).toBe(false);
    expect(isTooOld('2.100')).toBe(false);
  });
});
