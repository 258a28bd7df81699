import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FINDING_KINDS, SUBJECT_KINDS } from '../finding/finding.kinds.js';
import { judgeBrake, SHARE_FLOOR } from './brake.rules.js';
import { DEFAULT_POLICY, POLICY_ACTIONS, POLICY_SCOPES, policyFor, type PolicyRow } from './policy.rules.js';

const place = { clusterId: 'c1', tier: 'gold' };
const row = (given: Partial<PolicyRow>): PolicyRow => ({
  kind: 'stale',
  subjectKind: '',
  scope: 'all',
  scopeId: '',
  action: 'report',
  maxPerHour: null,
  maxShare: null,
  ...given,
});

const anyRow: fc.Arbitrary<PolicyRow> = fc.record({
  kind: fc.constantFrom(...FINDING_KINDS),
  subjectKind: fc.constantFrom('' as const, ...SUBJECT_KINDS),
  scope: fc.constantFrom(...POLICY_SCOPES),
  scopeId: fc.constantFrom('', 'gold', 'silver', 'c1', 'c2'),
  action: fc.constantFrom(...POLICY_ACTIONS),
  maxPerHour: fc.option(fc.nat(10)),
  maxShare: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
});

describe('a policy', () => {
  it('is the default where no row says otherwise', () => {
    for (const kind of FINDING_KINDS) {
      expect(policyFor([], { kind, subjectKind: 'server' }, place)).toBe(DEFAULT_POLICY[kind]);
    }
  });

  it('is that of the cluster before that of the tier before that of all', () => {
    const all = row({ action: 'report' });
    const tier = row({ scope: 'tier', scopeId: 'gold', action: 'ask' });
    const cluster = row({ scope: 'cluster', scopeId: 'c1', action: 'repair' });
    const finding = { kind: 'stale', subjectKind: 'server' } as const;
    expect(policyFor([cluster, tier, all], finding, place)).toBe('repair');
    expect(policyFor([all, tier, cluster], finding, { ...place, clusterId: 'c2' })).toBe('ask');
    expect(policyFor([all, tier], finding, { clusterId: 'c2', tier: null })).toBe('report');
    expect(policyFor([all, row({ subjectKind: 'server', action: 'repair' })], finding, place)).toBe('repair');
  });

  it('never follows a row of another kind, subject or place', () => {
    fc.assert(
      fc.property(fc.array(anyRow), (rows) => {
        const foreign = rows.map((one) => ({ ...one, kind: 'orphan' as const }));
        expect(policyFor(foreign, { kind: 'stale', subjectKind: 'port' }, place)).toBe(DEFAULT_POLICY.stale);
      }),
    );
  });
});

describe('the brake', () => {
  const limits = { maxPerHour: 50, maxShare: 0.1 };

  it('lets a few through in a small cluster and stops a wave', () => {
    expect(judgeBrake({ wanted: 3, begunLastHour: 0, owned: 4 }, limits)).toEqual({ kind: 'go', allowed: 3 });
    expect(judgeBrake({ wanted: SHARE_FLOOR + 1, begunLastHour: 0, owned: 4 }, limits).kind).toBe('stop');
    expect(
      judgeBrake({ wanted: 101, begunLastHour: 0, owned: 1000 }, { ...limits, maxPerHour: 999 }).kind,
    ).toBe('stop');
  });

  it('never lets more begin within an hour than it may', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), fc.nat(5000), (wanted, begunLastHour, owned) => {
        const verdict = judgeBrake({ wanted, begunLastHour, owned }, limits);
        if (verdict.kind === 'go') {
          expect(begunLastHour + verdict.allowed).toBeLessThanOrEqual(limits.maxPerHour);
          expect(verdict.allowed).toBeLessThanOrEqual(Math.max(SHARE_FLOOR, owned * limits.maxShare));
        }
      }),
    );
  });
});
