import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { followLink, searchOf, splitQuery } from './query.rules.js';

describe('a query', () => {
  it('leaves out what is not given and repeats what is a list', () => {
    const query = { limit: 10, name: ['a', 'b&c'], shared: false, host: undefined };
    expect(searchOf(query).toString()).toBe('limit=10&name=a&name=b%26c&shared=false');
  });

  it('that is too long for a URL is cut into parts that ask for everything once', () => {
    fc.assert(
      fc.property(fc.array(fc.uuid(), { maxLength: 120 }), (names) => {
        const parts = splitQuery({ limit: 10, name: names, fields: ['id', 'name'] }, 500);
        expect(parts.flatMap((part) => part['name'])).toEqual(names);
        for (const part of parts) {
          expect(part).toMatchObject({ limit: 10, fields: ['id', 'name'] });
          expect(searchOf(part).toString().length).toBeLessThanOrEqual(500);
        }
      }),
    );
  });

  it('keeps its parameters when a link forgets them', () => {
    const first = new URLSearchParams('limit=2&name=a&name=b&sort_key=id');
    const link = new URLSearchParams('limit=2&marker=x&sort_key=id');
    expect(followLink(first, link).toString()).toBe('limit=2&marker=x&sort_key=id&name=a&name=b');
  });
});
