import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CATEGORIES, PROBLEMS, titleOf, typeOf } from './problem.catalog.js';

const ROOT = new URL('../../../../../', import.meta.url).pathname;

/** The codes that stand in the sources as text. */
function codesInSources(): string[] {
  const files = globSync(
    [
      'libs/{platform,tasks,identity,cluster,security-group,network,compute}/src/**/*.ts',
      'apps/*/src/**/*.ts',
    ],
    {
      cwd: ROOT,
    },
  ).filter((file) => !/\.(test|fixture)\.ts$|\/testing\//.test(file));
  const texts = files.map((file) => readFileSync(`${ROOT}${file}`, 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(/\bcode: '([a-z_]+)'/g)].map(([, code = '']) => code));
}

describe('the catalogue of problems', () => {
  it('explains every code that a fault can have', () => {
    const codes = new Set(codesInSources());
    expect(codes.size).toBeGreaterThan(30);
    const unexplained = [...codes].filter((code) => !(code in PROBLEMS) && !(code in CATEGORIES));
    // Whoever adds a code adds a line to problem.entries.ts: its address is what callers are shown as `type`.
    expect(unexplained.sort()).toEqual([]);
  });

  it('leads an unknown code to its category', () => {
    expect(typeOf('invalid_body', 'invalid')).toBe('/docs/problems#invalid_body');
    expect(typeOf('of_tomorrow', 'capacity')).toBe('/docs/problems#capacity');
    expect(titleOf('of_tomorrow', 'capacity')).toBe(CATEGORIES.capacity.title);
  });

  it('has no anchor twice', () => {
    const twice = Object.keys(PROBLEMS).filter((code) => code in CATEGORIES);
    expect(twice).toEqual([]);
  });
});
