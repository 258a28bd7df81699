import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { atLeast, chooseMicroversion, compareMicroversions, isMicroversion } from './microversion.js';

const version = fc.integer({ min: 1, max: 120 }).map((minor) => `2.${minor}`);

function ordered(a: string, b: string): [string, string] {
  return atLeast(a, b) ? [b, a] : [a, b];
}

describe('comparing microversions', () => {
  it('compares numbers, not texts: 2.9 is older than 2.10', () => {
    expect(compareMicroversions('2.9', '2.10')).toBeLessThan(0);
    expect(compareMicroversions('3.0', '2.99')).toBeGreaterThan(0);
    expect(compareMicroversions('2.60', '2.60')).toBe(0);
  });

  it('knows a microversion from the empty text of a service without them', () => {
    expect(['2.1', '2.100', '1.0'].map(isMicroversion)).toEqual([true, true, true]);
    expect(['', 'latest', '2', '2.01', 'v2.1'].map(isMicroversion)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('choosing a microversion', () => {
  it('is the highest that both know, at least what the call needs, and inside what the cluster answers', () => {
    fc.assert(
      fc.property(version, version, version, version, (a, b, c, d) => {
        const [min, max] = ordered(a, b);
        const [needs, knows] = ordered(c, d);
        const chosen = chooseMicroversion({ needs, knows }, { min, max });
        const best = ordered(knows, max)[0];
        const possible = atLeast(best, needs) && atLeast(best, min);
        expect(chosen).toBe(possible ? best : null);
      }),
    );
  });

  it('never asks for more than the call knows when the cluster is upgraded', () => {
    fc.assert(
      fc.property(version, version, (knows, max) => {
        const chosen = chooseMicroversion({ knows }, { min: '2.1', max });
        expect(chosen !== null && atLeast(knows, chosen) && atLeast(max, chosen)).toBe(true);
      }),
    );
  });

  it('asks for the minimum where a call says nothing about versions', () => {
    expect(chooseMicroversion({}, { min: '2.1', max: '2.96' })).toBe('2.1');
  });
});
