import { describe, expect, it } from '@jest/globals';
import type { InjectedDrift } from './drifts.js';
import { judgeJournal, type LoggedWrite } from './journal.js';
import { pictureOf, type SimulatedState, wrongIn } from './picture.js';
import { figuresOf, type FindingRow } from './verdict.js';

const drift = (kind: string, openstackId: string, more: Partial<InjectedDrift> = {}): InjectedDrift => ({
  kind,
  cluster: 'one',
  subjectId: openstackId,
  openstackId,
  repairable: true,
  goesAlong: [],
  at: 1_000,
  ...more,
});

describe('the journal', () => {
  const write = (method: string, url: string, more: Partial<LoggedWrite> = {}): LoggedWrite => ({
    ...{ cluster: 'one', service: 'compute', method, url, headers: {}, status: 200, outcome: 'answered' },
    ...more,
  });
  const judge = (...journal: LoggedWrite[]) =>
    judgeJournal(
      journal,
      [drift('differs', 's1'), drift('missing', 's2', { goesAlong: ['p2'] })],
      new Set(['req-own']),
    );

  it('allows what mends a drift, once', () => {
    const name = write('PUT', '/v2.1/servers/s1');
    expect(judge(name, write('DELETE', '/v2.0/ports/p2'))).toEqual({ writes: 2, strange: [], doubled: [] });
    expect(judge(name, name).doubled).toEqual(['one PUT /v2.1/servers/s1']);
    expect(judge(write('PUT', '/v2.1/servers/s1', { outcome: 'answer dropped' }), name).doubled).toEqual([]);
  });

  it('allows nothing else', () => {
    const others = [
      write('DELETE', '/v2.1/servers/s1'),
      write('PUT', '/v2.1/servers/s3'),
      write('PUT', '/v2.1/servers/s1', { cluster: 'two' }),
    ];
    expect(judge(...others).strange).toHaveLength(3);
    expect(
      judge(...others.map((one) => ({ ...one, headers: { 'x-openstack-request-id': 'req-own' } }))),
    ).toMatchObject({
      writes: 0,
    });
  });
});

describe('the picture of a cluster', () => {
  const server = (id: string, more: object = {}) => ({
    ...{ id, name: 'a', status: 'ACTIVE', flavor: 'm1.tiny', host: 'h', ports: [] },
    ...more,
  });
  const state = (servers: SimulatedState['servers']) =>
    pictureOf({ servers, ports: [], networks: [], subnets: [] });
  const before = state([server('s1'), server('s2'), server('s3')]);
  const drifts = [drift('state_differs', 's1'), drift('missing', 's2'), drift('orphan', 's9')];

  it('may differ in what was taken over, is gone for good or is for people to decide', () => {
    const after = state([server('s1', { status: 'SHUTOFF' }), server('s3', { host: 'g' }), server('s9')]);
    expect(wrongIn(before, after, drifts)).toEqual([]);
  });

  it('is wrong in everything else', () => {
    const after = state([server('s1'), server('s2'), server('s3', { name: 'b' }), server('s8')]);
    expect(wrongIn(before, after, drifts).map((what) => what.split(' ', 2).join(' '))).toEqual([
      'server s1',
      'server s2',
      'server s3',
      'server s8',
      'orphan s9',
    ]);
  });
});

describe('the figures', () => {
  const row = (kind: string, id: string, more: Partial<FindingRow> = {}): FindingRow => ({
    ...{ id, kind, subject_id: id, state: 'resolved', repairs: 1, came_back: 0, tasks: 1 },
    ...{ first_seen_at: new Date(3_000), resolved_at: new Date(5_000) },
    ...more,
  });
  const quiet = {
    before: [],
    wrong: [],
    touchedRows: [],
    journal: { writes: 0, strange: [], doubled: [] },
    struck: new Map([['down-cell', 3]]),
    seconds: 9,
  };
  const of = (injected: InjectedDrift[], after: FindingRow[]) =>
    new Map(figuresOf({ ...quiet, injected, after }).map(({ metric, value }) => [metric, value]));

  it('tell what was found when, and what was repaired once', () => {
    const figures = of(
      [drift('stale', 'a'), drift('stale', 'b'), drift('orphan', 'c', { repairable: false })],
      [row('stale', 'a'), row('stale', 'b', { repairs: 2, tasks: 2 })],
    );
    expect(Object.fromEntries(figures)).toMatchObject({
      injected: 3,
      found: 2,
      found_after_p50: 2,
      repairable: 2,
      repaired_once: 1,
      repaired_after_p95: 4,
      stale_repair_tasks: 3,
      false_findings: 0,
      struck_by_down_cell: 3,
    });
  });

  it('count what was found and repaired that nobody made wrong', () => {
    const figures = of([], [row('duplicate', 'x', { tasks: 2 })]);
    expect(Object.fromEntries(figures)).toMatchObject({ false_findings: 1, false_repairs: 2 });
  });
});
