import { describe, expect, it } from '@jest/globals';
import { afterEvent, FINDING_EVENTS, FINDING_STATES } from './finding.state.js';

describe('a finding', () => {
  it('is repaired from open alone, so two repairs never begin', () => {
    expect(FINDING_STATES.filter((state) => afterEvent(state, 'repair_begun') !== null)).toEqual(['open']);
  });

  it('is not resolved by a look while its repair is under way', () => {
    expect(afterEvent('repairing', 'not_seen')).toBe('repairing');
    expect(afterEvent('repairing', 'seen')).toBe('repairing');
  });

  it('comes back when it holds again, unless it is ignored', () => {
    expect(afterEvent('resolved', 'seen')).toBe('open');
    expect(afterEvent('ignored', 'seen')).toBe('ignored');
    expect(afterEvent('ignored', 'not_seen')).toBe('resolved');
  });

  it('has an answer to every look', () => {
    for (const state of FINDING_STATES) {
      expect(afterEvent(state, 'seen')).not.toBeNull();
      expect(afterEvent(state, 'not_seen')).not.toBeNull();
    }
    expect(FINDING_EVENTS).toHaveLength(7);
  });
});
