import { describe, expect, it } from '@jest/globals';
import { DEFAULT_BRAKE, SHARE_FLOOR } from './brake.rules.js';
import type { RepairSort } from '../finding/repairs.js';
import type { PolicyRow } from './policy.rules.js';
import { judgeRepairs } from './repair-brake.rules.js';

const place = { clusterId: 'c1', tier: 'gold' };
const row = (given: Partial<PolicyRow>): PolicyRow => ({
  kind: 'leaked_port',
  subjectKind: '',
  scope: 'tier',
  scopeId: 'gold',
  action: 'repair',
  maxPerHour: null,
  maxShare: null,
  ...given,
});

type Counted = RepairSort & { n: number };

const leaks = (n: number): Counted => ({ kind: 'leaked_port', subjectKind: 'port', n });
const stops = (n: number): Counted => ({ kind: 'state_differs', subjectKind: 'server', n });
const load = (wanted: Counted[], begun: Counted[] = []) => ({
  wanted,
  begun,
  owned: 100 * SHARE_FLOOR,
});
const most = DEFAULT_BRAKE.maxPerHour;

describe('the brake of a cluster', () => {
  it('counts all kinds together where no policy has limits', () => {
    const judge = (rows: PolicyRow[]) =>
      judgeRepairs(load([leaks(most - 5), stops(6)]), rows, place, DEFAULT_BRAKE);
    expect(judge([])).toMatchObject({ kind: 'stop' });
    expect(judge([row({})])).toMatchObject({ kind: 'stop' });
  });

  it('counts what a policy has limits for by itself, against those', () => {
    const rows = [row({ maxPerHour: most })];
    const judge = (wanted: Counted[], begun: Counted[] = []) =>
      judgeRepairs(load(wanted, begun), rows, place, DEFAULT_BRAKE);
    expect(judge([leaks(most), stops(most)])).toEqual({ kind: 'go', allowed: 2 * most });
    expect(judge([leaks(most + 1)])).toMatchObject({ reason: expect.stringMatching(/^leaked_port: /) });
    expect(judge([stops(1)], [leaks(most)])).toMatchObject({ kind: 'go' });
    expect(judge([leaks(1)], [leaks(most)])).toMatchObject({ kind: 'stop' });
  });

  it('takes what a policy does not say from the cluster', () => {
    const limits = { maxPerHour: 1000, maxShare: 0 };
    expect(
      judgeRepairs(load([leaks(SHARE_FLOOR + 1)]), [row({ maxPerHour: 1000 })], place, limits),
    ).toMatchObject({
      kind: 'stop',
    });
    expect(judgeRepairs(load([leaks(SHARE_FLOOR + 1)]), [row({ maxShare: 1 })], place, limits)).toMatchObject(
      {
        kind: 'go',
      },
    );
  });

  it('heeds limits only where their policy decides', () => {
    const strict = row({ maxPerHour: 0 });
    const elsewhere = row({ scope: 'cluster', scopeId: 'c1', action: 'repair' });
    expect(judgeRepairs(load([leaks(1)]), [strict], place, DEFAULT_BRAKE)).toMatchObject({ kind: 'stop' });
    expect(judgeRepairs(load([leaks(1)]), [strict, elsewhere], place, DEFAULT_BRAKE)).toMatchObject({
      kind: 'go',
    });
    expect(
      judgeRepairs(load([leaks(1)]), [strict], { ...place, tier: 'bronze' }, DEFAULT_BRAKE),
    ).toMatchObject({
      kind: 'go',
    });
  });
});
