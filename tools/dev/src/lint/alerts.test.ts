import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repository } from '../dev.config.js';

const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const readAll = (glob: string): string[] =>
  globSync(glob, { cwd: repository })
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => read(path));

const METRIC = /\bultron_[a-z_]+/g;

/** The metrics that text names, without what Prometheus appends to the name of a histogram. */
const metricsIn = (text: string): string[] =>
  [...new Set(text.match(METRIC) ?? [])].map((name) =>
    name.replace(/_seconds_(bucket|count|sum)$/, '_seconds'),
  );

/** Names that stand in quotes in the sources of the two processes. */
const inCode = new Set(
  ['libs/*/src/**/*.ts', 'apps/*/src/**/*.ts']
    .flatMap(readAll)
    .flatMap((source) => [...source.matchAll(/'(ultron_[a-z_]+)'/g)].map(([, name = '']) => name)),
);

interface Alert {
  name: string;
  expr: string;
  fields: string;
  runbook: string;
}

const alerts: Alert[] = read('deploy/prometheus/alerts.yml')
  .split(/^ {6}- alert: /m)
  .slice(1)
  .map((fields) => ({
    name: fields.split('\n')[0] ?? '',
    expr: /expr: >-\n((?: {10}.+\n)+)/.exec(fields)?.[1] ?? '',
    fields,
    runbook: /runbook_url: (\S+)/.exec(fields)?.[1] ?? '',
  }));
const watched = new Set(alerts.flatMap(({ expr }) => metricsIn(expr)));

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');

interface WatchFor {
  metrics: string[];
  sign: string;
}

/** The rows of the tables whose last column is `watch for`, as far as they say what. */
const signs: WatchFor[] = readAll('docs/operators/*.md').flatMap((page) =>
  [...page.matchAll(/^\|.*\| watch for \|\n\|[-|]+\|\n((?:\|.*\n)+)/gm)].flatMap(([, rows = '']) =>
    rows
      .trimEnd()
      .split('\n')
      .map((row) => row.split('|').map((cell) => cell.trim()))
      .map((cells) => ({ metrics: metricsIn(cells[1] ?? ''), sign: cells.at(-2) ?? '' }))
      .filter(({ sign }) => sign !== ''),
  ),
);

describe('alerts', () => {
  it('have a severity, a summary and an expression', () => {
    expect(alerts.length).toBeGreaterThan(30);
    expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
    for (const { name, expr, fields } of alerts) {
      expect(`${name} ${fields}`).toMatch(/severity: (critical|warning|info)\b/);
      expect(`${name} ${fields}`).toMatch(/summary: '.+'/);
      expect(`${name} ${expr}`).toMatch(/ \S/);
    }
  });

  it('are about metrics that there are', () => {
    expect([...watched].filter((name) => !inCode.has(name))).toEqual([]);
  });

  it('lead to a section of the runbooks', () => {
    const headings = read('docs/operators/runbooks.md').matchAll(/^## (.+)$/gm);
    const anchors = new Set([...headings].map(([, heading = '']) => anchorOf(heading)));
    const lost = alerts.filter(
      ({ runbook }) => !anchors.has(runbook.replace(/^docs\/operators\/runbooks\.md#/, '')),
    );
    expect(lost.map(({ name, runbook }) => `${name}: ${runbook}`)).toEqual([]);
  });

  it('are there for each sign that the pages for operators tell to watch for', () => {
    expect(signs.length).toBeGreaterThan(20);
    const silent = signs.filter(({ metrics }) => !metrics.some((name) => watched.has(name)));
    expect(silent).toEqual([]);
  });
});

describe('metrics', () => {
  it('that the pages for operators and the dashboard name are those that there are', () => {
    const named = [...readAll('docs/operators/*.md'), ...readAll('deploy/grafana/*.json')].flatMap(metricsIn);
    const unknown = named.filter((name) => !inCode.has(name));
    // The mark of what Ultron makes.
    expect([...new Set(unknown)].filter((name) => name !== 'ultron_id')).toEqual([]);
  });

  it('are all explained', () => {
    const pages = new Set(readAll('docs/operators/*.md').flatMap(metricsIn));
    const metrics = [...inCode].filter((name) => /^ultron_(?!id$)/.test(name));
    expect(metrics.filter((name) => !pages.has(name))).toEqual([]);
  });
});
