import { describe, expect, it } from '@jest/globals';
import { LIFECYCLE_STATUSES, mayBecome, statusesBefore, statusOfParts } from './lifecycle.state.js';

describe('the states of what is made in Neutron', () => {
  it('lead from every state but the last one to being deleted', () => {
    for (const status of LIFECYCLE_STATUSES) {
      if (status === 'deleted' || status === 'deleting') continue;
      expect(mayBecome(status, 'deleting')).toBe(true);
    }
    expect(LIFECYCLE_STATUSES.filter((to) => mayBecome('deleted', to))).toEqual([]);
    expect(statusesBefore('deleted')).toEqual(['building', 'error', 'deleting', 'deleted']);
  });

  it('follow from those of the clusters', () => {
    expect(statusOfParts([])).toBe('active');
    expect(statusOfParts(['active', 'active'])).toBe('active');
    expect(statusOfParts(['active', 'error'])).toBe('degraded');
    expect(statusOfParts(['error', 'error'])).toBe('error');
    expect(statusOfParts(['error', 'building', 'active'])).toBe('building');
    expect(statusOfParts(['deleted', 'active'])).toBe('active');
    expect(statusOfParts(['deleting', 'active'])).toBe('deleting');
  });
});
