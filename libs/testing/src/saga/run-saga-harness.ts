import type { SagaHarness, ScenarioReport } from './saga-harness.js';

/** Runs the saga once per scenario and reports each; a scenario without a `problem` is fine. */
export async function runSagaHarness<Deps, Snapshot>(
  _harness: SagaHarness<Deps, Snapshot>,
): Promise<ScenarioReport[]> {
  throw new Error('coming');
}

/** The scenarios that went wrong, one line each: `expect(problemsOf(reports)).toEqual([])`. */
export function problemsOf(reports: readonly ScenarioReport[]): string[] {
  return reports
    .filter((report) => report.problem !== null)
    .map((report) => `${report.title}: ${report.problem}`);
}
