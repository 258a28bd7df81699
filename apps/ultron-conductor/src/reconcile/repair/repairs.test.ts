import { describe, expect, it } from '@jest/globals';
import { FINDING_KINDS, REPAIRABLE } from '@ultron/reconcile/finding/finding.kinds';
import { REPAIRS } from './repairs.js';

describe('the repairs', () => {
  it('are those that findings propose, no more and no fewer', () => {
    for (const kind of FINDING_KINDS) {
      expect({ kind, subjects: Object.keys(REPAIRS[kind] ?? {}).toSorted() }).toEqual({
        kind,
        subjects: (REPAIRABLE[kind] ?? []).toSorted(),
      });
    }
  });
});
