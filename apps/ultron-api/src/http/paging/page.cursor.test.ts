import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bindingOf, formatCursor, parseCursor } from './page.cursor.js';

const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null));

describe('a cursor', () => {
  it('gives back what it was made of', () => {
    fc.assert(
      fc.property(
        value,
        fc.oneof(fc.uuid(), fc.string({ unit: 'binary', maxLength: 255 })),
        (sortValue, id) => {
          const after = { value: sortValue, id };
          expect(parseCursor(formatCursor(after, 'binding'), 'binding')).toEqual(after);
        },
      ),
    );
  });

  it('is good for its own list alone', () => {
    const cursor = formatCursor({ value: 'a', id: 'b' }, bindingOf('/v1/a', { limit: 1, name: 'x' }));
    expect(() => parseCursor(cursor, bindingOf('/v1/a', { limit: 1, name: 'y' }))).toThrow('?cursor');
    expect(() => parseCursor(cursor, bindingOf('/v1/b', { limit: 1, name: 'x' }))).toThrow('?cursor');
    expect(parseCursor(cursor, bindingOf('/v1/a', { name: 'x', limit: 9, cursor, fields: ['id'] })).id).toBe(
      'b',
    );
  });

  it('refuses everything else without failing otherwise', () => {
    fc.assert(
      fc.property(fc.string(), (text) => expect(() => parseCursor(text, 'binding')).toThrow('?cursor')),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const cursor = Buffer.from(JSON.stringify(json)).toString('base64url');
        expect(() => parseCursor(cursor, 'binding')).toThrow('?cursor');
      }),
    );
  });
});
