import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newContext } from './request-context.js';
import { childTraceparent, formatTraceparent, newTraceparent, parseTraceparent } from './traceparent.js';

const hex = (length: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => !/^0+$/.test(text));

describe('a traceparent', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(hex(32), hex(16), fc.boolean(), (traceId, spanId, sampled) => {
        expect(parseTraceparent(formatTraceparent({ traceId, spanId, sampled }))).toEqual({
          traceId,
          spanId,
          sampled,
        });
      }),
    );
  });

  it.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['upper case', `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`],
    ['a span of zeros', `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`],
    ['the forbidden version', `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`],
    ['more fields in version 00', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01-x`],
    ['a short trace', `00-${'a'.repeat(31)}-${'b'.repeat(16)}-01`],
    ['a line break', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01\n`],
  ])('is refused: %s', (_, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('of a later version is read by its first fields', () => {
    const header = `01-${'a'.repeat(32)}-${'b'.repeat(16)}-03-more`;
    expect(parseTraceparent(header)).toEqual({
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      sampled: true,
    });
  });

  it('goes on with another span in the same trace', () => {
    const parent = newTraceparent();
    const child = childTraceparent(parent);
    expect(child.traceId).toBe(parent.traceId);
    expect(child.spanId).not.toBe(parent.spanId);
  });
});

describe('a request context', () => {
  it('joins the trace of the caller, and begins one when the header is broken', () => {
    const caller = newTraceparent();
    expect(newContext({ traceparent: formatTraceparent(caller) }).traceId).toBe(caller.traceId);
    expect(newContext({ traceparent: 'nonsense' }).traceId).toMatch(/^[0-9a-f]{32}$/);
  });
});
