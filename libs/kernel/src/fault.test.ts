import { describe, expect, it } from '@jest/globals';
import { Fault } from './fault.js';

describe('Fault', () => {
  it('lets what the operator of a cluster must mend be told from what the caller must', () => {
    expect(new Fault({ code: 'x', category: 'invalid', detail: 'd' }).whoCanFix).toBe('caller');
    expect(new Fault({ code: 'x', category: 'capacity', detail: 'd' }).whoCanFix).toBe('cluster');
    expect(new Fault({ code: 'x', category: 'bug', detail: 'd' }).whoCanFix).toBe('operator');
  });

  it('is worth a retry only where the same request can succeed later', () => {
    expect(new Fault({ code: 'x', category: 'throttled', detail: 'd' }).retryable).toBe(true);
    expect(new Fault({ code: 'x', category: 'conflict', detail: 'd' }).retryable).toBe(false);
    expect(new Fault({ code: 'x', category: 'conflict', detail: 'd', retryable: true }).retryable).toBe(true);
  });

  it('is stored with its fields and its extra members', () => {
    const fault = new Fault({
      code: 'no_cluster_fits',
      category: 'capacity',
      detail: 'No cluster fits.',
      fields: [{ pointer: '/flavor', detail: 'must exist' }],
      extra: { explain: { refused: [] } },
    });
    expect(fault.toRecord()).toEqual({
      code: 'no_cluster_fits',
      category: 'capacity',
      detail: 'No cluster fits.',
      retryable: false,
      who_can_fix: 'cluster',
      errors: [{ pointer: '/flavor', detail: 'must exist' }],
      explain: { refused: [] },
    });
  });
});
