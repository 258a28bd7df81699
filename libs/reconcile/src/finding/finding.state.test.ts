import { describe, expect, it } from '@jest/globals';
import { afterDecision, FINDING_DECISIONS, FINDING_STATES } from './finding.state.js';

describe('a finding', () => {
  it('is repaired from open alone, so two repairs never begin', () => {
    expect(FINDING_STATES.filter((state) => afterDecision(state, 'repair') !== null)).toEqual(['open']);
  });

  it('that is ignored is taken up again as it was', () => {
    const ignored = afterDecision('open', 'ignore');
    expect(ignored && afterDecision(ignored, 'reopen')).toBe('open');
  });

  it('is left to its task while it is repaired, and to looks once it is over', () => {
    for (const state of ['repairing', 'resolved'] as const)
      expect(FINDING_DECISIONS.map((decision) => afterDecision(state, decision))).toEqual([null, null, null]);
  });
});
