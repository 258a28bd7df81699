import { type Figure, figureOf, quantile } from '../figures.js';
import type { InjectedDrift } from './drifts.js';

/** A finding, and the tasks that were to repair it. */
export interface FindingRow {
  id: string;
  kind: string;
  subject_id: string;
  state: string;
  repairs: number;
  came_back: number;
  /** Tasks `finding.repair` about it. */
  tasks: number;
  first_seen_at: Date;
  resolved_at: Date | null;
}

/** All that is known when everything is quiet again. */
export interface Outcome {
  injected: readonly InjectedDrift[];
  /** Findings that there were before anything was made wrong. */
  before: readonly FindingRow[];
  after: readonly FindingRow[];
  /** In what clusters are not as they have to be. */
  wrong: readonly string[];
  /** Rows of servers of Ultron's that were changed although nothing was made wrong about them. */
  touchedRows: readonly string[];
  journal: { writes: number; strange: readonly string[]; doubled: readonly string[] };
  /** How many requests were disturbed, by what. */
  struck: ReadonlyMap<string, number>;
  seconds: number;
}

const SHOWN = 10;

export const keyOf = (kind: string, subjectId: string): string => `${kind} ${subjectId}`;

export const figure = figureOf('reconcile');

interface Judged {
  drift: InjectedDrift;
  row: FindingRow | undefined;
}

export function figuresOf(outcome: Outcome): Figure[] {
  const judged = judgedOf(outcome);
  const strange = strangeOf(outcome);
  const { journal, wrong, touchedRows } = outcome;
  return [
    ...kindFigures(judged),
    figure('injected', judged.length, 'drifts'),
    figure('found', judged.filter(({ row }) => row).length, 'drifts', `= ${judged.length}`),
    ...times('found_after', judged.flatMap(foundAfter)),
    ...repairFigures(judged),
    figure('false_findings', strange.length, 'findings', '= 0'),
    figure('findings_before', outcome.before.length, 'findings', '= 0'),
    figure(
      'open_afterwards',
      judged.filter(({ drift, row }) => drift.repairable && row?.state !== 'resolved').length,
      'findings',
      '= 0',
    ),
    figure('false_repairs', sum(strange.map(({ tasks }) => tasks)), 'tasks', '= 0'),
    figure('writes_to_clusters', journal.writes, 'requests'),
    figure('writes_no_drift_allows', journal.strange.length, 'requests', '= 0'),
    figure('writes_twice', journal.doubled.length, 'requests', '= 0'),
    figure('rows_touched_for_nothing', touchedRows.length, 'servers', '= 0'),
    figure('wrong_in_clusters', wrong.length, 'things', '= 0'),
    ...[...outcome.struck].map(([kind, n]) =>
      figure(`struck_by_${kind.replaceAll('-', '_')}`, n, 'requests'),
    ),
    figure('all_done_after', outcome.seconds, 's'),
  ];
}

function kindFigures(judged: readonly Judged[]): Figure[] {
  return [...Map.groupBy(judged, ({ drift }) => drift.kind)].flatMap(([kind, of]) => {
    const mending = of.filter(({ drift }) => drift.repairable);
    return [
      figure(`${kind}_injected`, of.length, 'drifts'),
      figure(`${kind}_found`, of.filter(({ row }) => row).length, 'drifts', `= ${of.length}`),
      ...times(`${kind}_found_after`, of.flatMap(foundAfter)),
      ...(mending.length
        ? [
            figure(`${kind}_repaired_once`, mending.filter(isOnce).length, 'drifts', `= ${mending.length}`),
            figure(`${kind}_repair_tasks`, sum(mending.map(({ row }) => row?.tasks ?? 0)), 'tasks'),
          ]
        : [figure(`${kind}_repair_tasks`, sum(of.map(({ row }) => row?.tasks ?? 0)), 'tasks', '= 0')]),
    ];
  });
}

function repairFigures(judged: readonly Judged[]): Figure[] {
  const mending = judged.filter(({ drift }) => drift.repairable);
  const mended = mending.flatMap(({ drift, row }) =>
    row?.resolved_at ? [(row.resolved_at.getTime() - drift.at) / 1000] : [],
  );
  return [
    figure('repairable', mending.length, 'drifts'),
    figure('repaired_once', mending.filter(isOnce).length, 'drifts', `= ${mending.length}`),
    ...times('repaired_after', mended),
  ];
}

/** An address may be taken out by the look at the plan, which needs no task; a repair finds then that nothing is to be done. */
const isOnce = ({ drift, row }: Judged): boolean =>
  row?.state === 'resolved' &&
  row.came_back === 0 &&
  row.repairs === row.tasks &&
  (row.tasks === 1 || (drift.kind === 'address_in_use_but_free' && row.tasks === 0));

const foundAfter = ({ drift, row }: Judged): number[] =>
  row ? [Math.max(0, row.first_seen_at.getTime() - drift.at) / 1000] : [];

const times = (name: string, seconds: readonly number[]): Figure[] =>
  seconds.length
    ? [
        figure(`${name}_p50`, quantile(seconds, 0.5), 's'),
        figure(`${name}_p95`, quantile(seconds, 0.95), 's'),
      ]
    : [];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function judgedOf({ injected, after }: Outcome): Judged[] {
  const rows = new Map(after.map((row) => [keyOf(row.kind, row.subject_id), row]));
  return injected.map((drift) => ({ drift, row: rows.get(keyOf(drift.kind, drift.subjectId)) }));
}

function strangeOf({ injected, after }: Outcome): FindingRow[] {
  const wanted = new Set(injected.map((one) => keyOf(one.kind, one.subjectId)));
  return after.filter((row) => !wanted.has(keyOf(row.kind, row.subject_id)));
}

/** The first few of what is not as it should be, for those who look for the reason. */
export function complaintsAbout(outcome: Outcome): string[] {
  const judged = judgedOf(outcome);
  const complaints: [string, readonly unknown[]][] = [
    ['not injected', strangeOf(outcome)],
    ['not found', judged.filter(({ row }) => !row).map(({ drift }) => drift)],
    ['not repaired once', judged.filter((one) => one.drift.repairable && one.row && !isOnce(one))],
    ['found before', outcome.before],
    ['no drift allows', outcome.journal.strange],
    ['done twice', outcome.journal.doubled],
    ['touched for nothing', outcome.touchedRows],
    ['wrong in its cluster', outcome.wrong],
  ];
  return complaints.flatMap(([what, all]) =>
    all.slice(0, SHOWN).map((one) => `${what}: ${JSON.stringify(one)}`),
  );
}
