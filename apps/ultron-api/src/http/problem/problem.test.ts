import { NotFoundException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { Fault, type FaultCategory } from '@ultron/kernel/fault';
import { faultFrom } from './fault.from.js';
import { problemOf } from './problem.js';
import { RequestFault } from './request.fault.js';

const of = (category: FaultCategory, more = {}) =>
  problemOf(new Fault({ code: 'x', category, detail: 'Why.', ...more }), 'trace');

describe('a problem document', () => {
  it.each<[FaultCategory, number]>([
    ['invalid', 422],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not_found', 404],
    ['conflict', 409],
    ['precondition', 412],
    ['quota', 403],
    ['capacity', 507],
    ['throttled', 429],
    ['unavailable', 503],
    ['bug', 500],
  ])('of the category %s has the status %i', (category, status) => {
    const { document, headers, status: answered } = of(category);
    expect(answered).toBe(status);
    expect(document).toMatchObject({ status, category, code: 'x', detail: 'Why.', trace_id: 'trace' });
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect('retry-after' in headers).toBe(category === 'throttled' || category === 'unavailable');
  });

  it('says in whole seconds when to come again', () => {
    expect(of('throttled', { retryAfterMs: 1_200 }).headers['retry-after']).toBe('2');
    expect(of('conflict', { retryAfterMs: 5_000 }).headers['retry-after']).toBe('5');
  });

  it('carries more, but never lets it replace its own members', () => {
    const { document } = of('capacity', {
      extra: { explain: { refused: 3 }, status: 200, trace_id: 'other' },
    });
    expect(document).toMatchObject({ explain: { refused: 3 }, status: 507, trace_id: 'trace' });
  });
});

describe('what was thrown', () => {
  it('stays what it is when it is a fault', () => {
    const fault = RequestFault.badQuery([{ pointer: '?a', detail: 'is wrong' }]);
    expect(faultFrom(fault)).toBe(fault);
  });

  it('is a bug unless it is known, and says nothing of itself', () => {
    for (const thrown of [new Error('secret'), 'secret', undefined, { secret: 1 }, new TypeError('secret')]) {
      const fault = faultFrom(thrown);
      expect(fault.category).toBe('bug');
      expect(JSON.stringify(problemOf(fault, 'trace').document)).not.toContain('secret');
    }
  });

  it('means a lost database by its code, also inside of what wraps it', () => {
    const lost = Object.assign(new Error('gone'), { code: 'PROTOCOL_CONNECTION_LOST' });
    expect(faultFrom(lost)).toMatchObject({
      code: 'database_unavailable',
      category: 'unavailable',
      retryable: true,
    });
    expect(faultFrom(Object.assign(new Error('wrapped'), { driverError: lost }))).toMatchObject({
      code: 'database_unavailable',
    });
  });

  it('comes from the layers below with its status', () => {
    expect(faultFrom(new NotFoundException('Cannot GET /x'))).toMatchObject({
      code: 'route_not_found',
      status: 404,
    });
    const tooLarge = Object.assign(new Error('large'), {
      code: 'FST_ERR_CTP_BODY_TOO_LARGE',
      statusCode: 413,
    });
    expect(faultFrom(tooLarge)).toMatchObject({ code: 'body_too_large', status: 413 });
  });
});
