import { writeFile } from 'node:fs/promises';

/** One measured figure. `aim` is what the project wants of it; it is shown, never enforced: machines are noisy. */
export interface Figure {
  scenario: string;
  metric: string;
  value: number;
  unit: string;
  aim?: string;
}

/** Makes the figures of one scenario. */
export const figureOf =
  (scenario: string) =>
  (metric: string, value: number, unit: string, aim?: string): Figure => ({
    scenario,
    metric,
    value,
    unit,
    ...(aim ? { aim } : {}),
  });

/** The middle value (of an even count, the mean of the two in the middle). */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the share `q` (0..1) of the values lies, interpolated between neighbours. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError('no values');
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const low = sorted[Math.floor(place)] ?? NaN;
  const high = sorted[Math.ceil(place)] ?? NaN;
  return low + (high - low) * (place - Math.floor(place));
}

/** Runs A and B in turn, `rounds` times, so that a drift of the machine's speed meets both alike. */
export async function alternate<A, B>(
  rounds: number,
  a: (round: number) => Promise<A>,
  b: (round: number) => Promise<B>,
): Promise<{ a: A[]; b: B[] }> {
  const results: { a: A[]; b: B[] } = { a: [], b: [] };
  for (let round = 0; round < rounds; round++) {
    const aFirst = round % 2 === 0;
    if (aFirst) results.a.push(await a(round));
    results.b.push(await b(round));
    if (!aFirst) results.a.push(await a(round));
  }
  return results;
}

/** The median of the ratios a[i]/b[i], round by round. */
export function medianRatio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((value, i) => value / (b[i] ?? NaN)));
}

const shown = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toPrecision(Math.abs(value) < 100 ? 3 : 5);

/** The figures as a table for people. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((f) => [f.scenario, f.metric, shown(f.value), f.unit, f.aim ?? '']);
  const all = [['scenario', 'metric', 'value', 'unit', 'aim'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, i) => (i === 2 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The figures for machines, one `scenario metric value unit` a line. */
export function lines(figures: readonly Figure[]): string {
  return figures.map((f) => `${f.scenario} ${f.metric} ${shown(f.value)} ${f.unit}`).join('\n');
}

export async function writeJson(file: string, figures: readonly Figure[]): Promise<void> {
  await writeFile(file, `${JSON.stringify({ at: new Date().toISOString(), figures }, null, 2)}\n`);
}
