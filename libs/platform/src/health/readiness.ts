/** What a process needs to work, asked of each part. */
export type ReadinessCheck = () => Promise<boolean>;

export interface Readiness {
  ready: boolean;
  parts: Record<string, boolean>;
}

/** A part that takes longer counts as down. */
const PATIENCE_MS = 1_000;

/** Asks all the parts at once. A check that throws, or is late, has failed. */
export async function readiness(checks: Readonly<Record<string, ReadinessCheck>>): Promise<Readiness> {
  const names = Object.keys(checks);
  const answers = await Promise.all(names.map((name) => inTime(checks[name])));
  const parts = Object.fromEntries(names.map((name, index) => [name, answers[index] === true]));
  return { ready: Object.values(parts).every(Boolean), parts };
}

async function inTime(check: ReadinessCheck | undefined): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const answer = (async () => (await check?.()) ?? false)().catch(() => false);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
