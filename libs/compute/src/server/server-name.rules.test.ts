import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nameTemplateProblems, serverNames } from './server-name.rules.js';

describe('serverNames', () => {
  it('puts the index in', () => {
    expect(serverNames('web-{index}', 3)).toEqual(['web-1', 'web-2', 'web-3']);
    expect(serverNames('web-{index:03}', 2)).toEqual(['web-001', 'web-002']);
    expect(serverNames('{index}.web{index:02}.example', 1)).toEqual(['1.web01.example']);
  });

  it('adds a suffix only when it needs one', () => {
    expect(serverNames('web', 1)).toEqual(['web']);
    expect(serverNames('web', 2)).toEqual(['web-1', 'web-2']);
  });

  it('never gives two servers of a batch one name', () => {
    const part = fc.constantFrom('web', '-', '{index}', '{index:02}', '{index:05}', 'a.b', '1');
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 100 }),
        (parts, count) => {
          const names = serverNames(parts.join(''), count);
          expect(names).toHaveLength(count);
          expect(new Set(names).size).toBe(count);
        },
      ),
    );
  });
});

describe('nameTemplateProblems', () => {
  it('accepts host names', () => {
    for (const template of ['web', 'web-{index:03}', 'Web-1.prod.example', 'a', 'x'.repeat(63)]) {
      expect(nameTemplateProblems(template, 1)).toEqual([]);
    }
  });

  it('refuses what no host can be called', () => {
    for (const template of ['', '-web', 'web-', 'we b', 'web_1', 'a..b', 'a.-b', 'wéb', 'web\n']) {
      expect([template, nameTemplateProblems(template, 1)]).toEqual([
        template,
        [expect.stringContaining('letters')],
      ]);
    }
  });

  it('counts the index into the length', () => {
    expect(nameTemplateProblems('x'.repeat(61), 9)).toEqual([]);
    expect(nameTemplateProblems('x'.repeat(61), 10)).toEqual([expect.stringContaining('would have 64')]);
  });

  it('refuses other placeholders', () => {
    for (const template of ['web-{name}', 'web-{index', '{index:3}', '{index:00}', '{{index}}']) {
      expect(nameTemplateProblems(template, 2)).toEqual([expect.stringContaining('{index:03}')]);
    }
  });
});
