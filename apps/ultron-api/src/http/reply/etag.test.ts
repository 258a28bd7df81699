import { describe, expect, it } from '@jest/globals';
import { checkIfMatch, etagOf } from './etag.js';

describe('If-Match', () => {
  it.each([undefined, '*', '"3"', ' "3" ', '"1", "3"', 'W/"3", "3"'])(
    'lets %s through for version 3',
    (header) => {
      expect(() => checkIfMatch(header, 3)).not.toThrow();
    },
  );

  it.each(['"2"', 'W/"3"', '"1", "2"', '"33"'])('stops %s for version 3', (header) => {
    expect(() => checkIfMatch(header, 3)).toThrow(
      expect.objectContaining({ code: 'stale_etag', category: 'precondition' }),
    );
  });

  it.each(['3', '', '"3', '"3" "4"', '*, "3"'])('does not understand %j', (header) => {
    expect(() => checkIfMatch(header, 3)).toThrow(
      expect.objectContaining({ code: 'invalid_header', status: 400 }),
    );
  });

  it.each(['*', '"3"'])('stops %s for what is not there', (header) => {
    expect(() => checkIfMatch(header, null)).toThrow(expect.objectContaining({ code: 'stale_etag' }));
    expect(() => checkIfMatch(undefined, null)).not.toThrow();
  });

  it('compares with strong tags', () => {
    expect(etagOf(3)).toBe('"3"');
  });
});
