import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FindingKind } from '../finding/finding.kinds.js';
import type { CompareContext, Intent, LaneTrust, Seen } from './compare.facts.js';
import { canonical, judgeIntent, judgeUnclaimed, type Verdict } from './compare.rules.js';

const T0 = Date.parse('2026-05-01T12:00:00Z');
const at = (seconds: number): Date => new Date(T0 + seconds * 1000);
const GRACE = 60_000;

const lane = (given: Partial<LaneTrust> = {}): LaneTrust => ({
  completeSince: at(-10),
  freshSince: at(-5),
  deletionsSince: at(-8),
  braked: false,
  stale: false,
  ...given,
});
const context = (given: Partial<LaneTrust> = {}): CompareContext => ({
  now: at(0),
  lane: lane(given),
  graceMs: GRACE,
});
const intent = (given: Partial<Intent> = {}): Intent => ({
  kind: 'server',
  id: 'ours',
  projectId: 'p',
  name: 'web',
  openstackId: 'theirs',
  alive: true,
  busy: false,
  changedAt: at(-600),
  expected: [{ field: 'name', value: 'web', kind: 'differs', repairable: true }],
  ...given,
});
const seen = (given: Partial<Seen> = {}): Seen => ({
  kind: 'server',
  openstackId: 'theirs',
  name: 'web',
  openstackProjectId: 'op',
  status: 'ACTIVE',
  firstSeenAt: at(-600),
  observedAt: at(-300),
  missing: false,
  goneAt: null,
  fields: { name: 'web' },
  mark: 'ours',
  inUse: false,
  ...given,
});
const kinds = (verdict: Verdict): string[] | 'abstain' =>
  verdict.kind === 'abstain' ? 'abstain' : verdict.drifts.map((drift) => drift.kind);

const DB: Intent['expected'] = [{ field: 'name', value: 'db', kind: 'differs', repairable: true }];

/** What a verdict says of a kind of finding. */
const saidOf =
  (verdict: Verdict) =>
  (kind: FindingKind): 'agrees' | 'wrong' | 'unknown' => {
    if (verdict.kind === 'abstain' || verdict.unknown?.includes(kind)) return 'unknown';
    return verdict.drifts.some((drift) => drift.kind === kind) ? 'wrong' : 'agrees';
  };

const anyIntent: fc.Arbitrary<Intent> = fc
  .record({
    openstackId: fc.constantFrom('theirs', 'other', null),
    alive: fc.boolean(),
    busy: fc.boolean(),
    changedAt: fc.integer({ min: -900, max: 0 }).map(at),
    name: fc.constantFrom('web', 'renamed'),
  })
  .map((given) =>
    intent({
      ...given,
      expected: [{ field: 'name', value: given.name, kind: 'differs', repairable: true }],
    }),
  );
const anySeen: fc.Arbitrary<Seen> = fc
  .record({
    firstSeenAt: fc.integer({ min: -900, max: 0 }).map(at),
    missing: fc.boolean(),
    goneAt: fc.option(fc.integer({ min: -900, max: 0 }).map(at)),
    mark: fc.constantFrom('ours', null),
    kind: fc.constantFrom('server' as const, 'port' as const),
    inUse: fc.boolean(),
  })
  .map((given) => seen(given));
const anyLane: fc.Arbitrary<LaneTrust> = fc.record({
  completeSince: fc.option(fc.integer({ min: -900, max: 0 }).map(at)),
  freshSince: fc.option(fc.integer({ min: -900, max: 0 }).map(at)),
  deletionsSince: fc.option(fc.integer({ min: -900, max: 0 }).map(at)),
  braked: fc.boolean(),
  stale: fc.boolean(),
});
const anyContext = anyLane.map((given) => context(given));

describe('a row of ours', () => {
  it('agrees with what is as asked for', () => {
    expect(kinds(judgeIntent(intent(), seen(), context()))).toEqual([]);
  });

  it('differs where it is not', () => {
    const verdict = judgeIntent(intent({ name: 'db' }), seen({ fields: { name: 'hacked' } }), context());
    expect(verdict).toMatchObject({
      drifts: [
        {
          kind: 'differs',
          evidence: { differences: [{ field: 'name', expected: 'web', seen: 'hacked' }] },
          proposal: { action: 'reapply' },
        },
      ],
    });
  });

  it('is proposed to be set again as far as a machine may', () => {
    const expected = [
      { field: 'name', value: 'web', kind: 'differs' as const, repairable: true },
      { field: 'external_network_id', value: 'out', kind: 'differs' as const, repairable: false },
    ];
    const both = seen({ fields: { name: 'hacked', external_network_id: null } });
    expect(judgeIntent(intent({ expected }), both, context())).toMatchObject({
      drifts: [{ proposal: { what: 'set name of the server again as asked for' } }],
    });
    const one = seen({ fields: { name: 'web', external_network_id: null } });
    expect(judgeIntent(intent({ expected }), one, context())).toMatchObject({ drifts: [{ proposal: null }] });
  });

  it('is not compared while its lane is braked: what the list left out is known as it was before', () => {
    const old = seen({ fields: { name: 'hacked' } });
    expect(kinds(judgeIntent(intent({ name: 'db' }), old, context({ braked: true })))).toBe('abstain');
  });

  it('is missing once it was asked for by id, or a complete list that is younger never showed it', () => {
    expect(kinds(judgeIntent(intent(), seen({ goneAt: at(-20) }), context()))).toEqual(['missing']);
    expect(kinds(judgeIntent(intent(), null, context()))).toEqual(['missing']);
    const goneAtOnce = seen({ goneAt: new Date(intent().changedAt.getTime() + 500) });
    expect(kinds(judgeIntent(intent(), goneAtOnce, context()))).toEqual(['missing']);
    const listBefore = context({ completeSince: intent().changedAt });
    expect(kinds(judgeIntent(intent(), goneAtOnce, listBefore))).toBe('abstain');
    expect(kinds(judgeIntent(intent(), seen({ missing: true }), context()))).toBe('abstain');
    expect(kinds(judgeIntent(intent(), null, context({ completeSince: at(-590) })))).toBe('abstain');
  });

  it('says nothing about a field that the cluster does not show, or that nobody can tell how it is to be', () => {
    const nothing = { drifts: [], unknown: ['differs'] };
    expect(judgeIntent(intent(), seen({ fields: {} }), context())).toMatchObject(nothing);
    const [expected] = intent().expected;
    const unsaid = intent({ expected: expected ? [{ ...expected, value: undefined }] : [] });
    expect(judgeIntent(unsaid, seen(), context())).toMatchObject(nothing);
  });

  it('is never taken to agree because less of it is shown', () => {
    const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom(1, 2));
    const expectations = fc.uniqueArray(
      fc.record({
        field: fc.constantFrom('a', 'b', 'c', 'd'),
        value: fc.constantFrom(1, 2, undefined),
        kind: fc.constantFrom('differs' as const, 'state_differs' as const),
        repairable: fc.constant(true),
      }),
      { selector: ({ field }) => field },
    );
    fc.assert(
      fc.property(expectations, fields, fc.constantFrom('a', 'b', 'c', 'd'), (expected, shown, hidden) => {
        const row = intent({ expected });
        const rest = Object.fromEntries(Object.entries(shown).filter(([field]) => field !== hidden));
        const [more, less] = [shown, rest].map((some) =>
          saidOf(judgeIntent(row, seen({ fields: some }), context())),
        );
        for (const { kind, field } of expected) {
          const before = more?.(kind);
          const after = less?.(kind);
          expect(after === 'agrees' && (before !== 'agrees' || field === hidden)).toBe(false);
        }
      }),
    );
  });

  it('is only to be repaired by itself from what a row can take over', () => {
    const expected: Intent['expected'] = [
      {
        field: 'status',
        value: 'ACTIVE',
        kind: 'state_differs',
        repairable: true,
        repairableFrom: ['SHUTOFF'],
      },
    ];
    const proposed = (status: string) =>
      judgeIntent(intent({ expected }), seen({ fields: { status } }), context());
    expect(proposed('SHUTOFF')).toMatchObject({
      drifts: [{ kind: 'state_differs', proposal: { action: 'accept' } }],
    });
    expect(proposed('PAUSED')).toMatchObject({ drifts: [{ kind: 'state_differs', proposal: null }] });
  });

  it('is never found fault with while a task is at work on it', () => {
    fc.assert(
      fc.property(anyIntent, fc.option(anySeen), anyContext, (row, there, given) => {
        const verdict = judgeIntent({ ...row, busy: true }, there, given);
        expect(verdict.kind === 'abstain' || verdict.drifts.length === 0).toBe(true);
      }),
    );
  });

  it('is never found fault with by a look that is older than what was asked for', () => {
    fc.assert(
      fc.property(anyIntent, fc.option(anySeen), anyContext, (row, there, given) => {
        const verdict = judgeIntent(row, there, given);
        if (verdict.kind === 'abstain' || !verdict.drifts.length) return;
        const { freshSince, completeSince } = given.lane;
        const missing = verdict.drifts.some((drift) => drift.kind === 'missing');
        const looks = missing ? [there?.goneAt, completeSince] : [freshSince];
        expect(looks.some((look) => look && look.getTime() > row.changedAt.getTime())).toBe(true);
      }),
    );
  });

  it('is never missing within grace, without a complete list, with a brake on or in a stale lane', () => {
    fc.assert(
      fc.property(anyIntent, fc.option(anySeen), anyContext, (row, there, given) => {
        const found = kinds(judgeIntent(row, there, given));
        if (!found.includes('missing')) return;
        expect(given.lane.completeSince).not.toBeNull();
        expect([given.lane.braked, given.lane.stale]).toEqual([false, false]);
        expect(given.now.getTime() - row.changedAt.getTime()).toBeGreaterThanOrEqual(GRACE);
        expect(there === null || there.goneAt !== null).toBe(true);
      }),
    );
  });

  it('that was deleted or never made is nobody’s fault', () => {
    fc.assert(
      fc.property(anyIntent, fc.option(anySeen), anyContext, (row, there, given) => {
        expect(kinds(judgeIntent({ ...row, alive: false }, there, given))).toEqual([]);
        expect(kinds(judgeIntent({ ...row, openstackId: null }, there, given))).toEqual([]);
      }),
    );
  });
});

describe('what no row has', () => {
  it('is an orphan without a mark, and with a mark of which there is no row', () => {
    expect(kinds(judgeUnclaimed(seen({ mark: null }), null, context()))).toEqual(['orphan']);
    expect(kinds(judgeUnclaimed(seen({ mark: 'of another Ultron' }), null, context()))).toEqual(['orphan']);
  });

  it('is a duplicate beside the one that the row has, and stale once the row is dead', () => {
    expect(kinds(judgeUnclaimed(seen(), intent({ openstackId: 'first' }), context()))).toEqual(['duplicate']);
    expect(kinds(judgeUnclaimed(seen(), intent({ alive: false }), context()))).toEqual(['stale']);
  });

  it('is nobody’s to delete while its living owner may have nothing else', () => {
    const owner = intent({ openstackId: null });
    expect(kinds(judgeUnclaimed(seen(), owner, context()))).toBe('abstain');
    expect(kinds(judgeUnclaimed(seen({ kind: 'port' }), owner, context()))).toBe('abstain');
  });

  it('is a leaked port only when nothing uses it', () => {
    const dead = intent({ alive: false });
    expect(kinds(judgeUnclaimed(seen({ kind: 'port' }), dead, context()))).toEqual(['leaked_port']);
    expect(kinds(judgeUnclaimed(seen({ kind: 'port', inUse: true }), dead, context()))).toBe('abstain');
  });

  it('is never called ours to delete while its owner is at work, within grace, braked, stale or after a part of a list', () => {
    fc.assert(
      fc.property(anySeen, fc.option(anyIntent), anyContext, (there, owner, given) => {
        const found = judgeUnclaimed(there, owner, given);
        if (found.kind === 'abstain' || !found.drifts.length) return;
        expect(owner?.busy ?? false).toBe(false);
        expect(given.lane.completeSince).not.toBeNull();
        expect([given.lane.braked, given.lane.stale, there.missing]).toEqual([false, false, false]);
        expect(given.now.getTime() - there.firstSeenAt.getTime()).toBeGreaterThanOrEqual(GRACE);
        if (!owner) return;
        expect(given.now.getTime() - owner.changedAt.getTime()).toBeGreaterThanOrEqual(GRACE);
        expect(given.lane.deletionsSince?.getTime()).toBeGreaterThan(owner.changedAt.getTime());
      }),
    );
  });

  it('is only ever deleted with our mark and a row that tells why', () => {
    fc.assert(
      fc.property(anySeen, fc.option(anyIntent), anyContext, (there, owner, given) => {
        const found = judgeUnclaimed(there, owner, given);
        if (found.kind === 'abstain') return;
        for (const drift of found.drifts) {
          if (drift.proposal?.action !== 'delete') continue;
          expect(owner).not.toBeNull();
          if (owner?.alive) expect([null, there.openstackId]).not.toContain(owner.openstackId);
          expect(there.kind === 'port' && there.inUse).toBe(false);
        }
      }),
    );
  });
});

describe('what is found', () => {
  it('tells since when that is known which shows it', () => {
    const shown = (verdict: Verdict) =>
      verdict.kind === 'judged' ? verdict.drifts.map(({ shownAt }) => shownAt) : [];
    const { observedAt } = seen();
    expect(shown(judgeIntent(intent({ name: 'db', expected: DB }), seen(), context()))).toEqual([observedAt]);
    expect(shown(judgeUnclaimed(seen(), null, context()))).toEqual([observedAt]);
    expect(shown(judgeUnclaimed(seen(), intent({ alive: false }), context()))).toEqual([observedAt]);
    expect(shown(judgeIntent(intent(), seen({ goneAt: at(-20) }), context()))).toEqual([at(-20)]);
    expect(shown(judgeIntent(intent(), null, context()))).toEqual([undefined]);
  });
});

describe('the order of members', () => {
  it('does not matter', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (map) => {
        const turned = Object.fromEntries(Object.entries(map).toReversed());
        expect(canonical(map)).toBe(canonical(turned));
      }),
    );
  });
});
