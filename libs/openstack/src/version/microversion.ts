/** The microversions that a service answers, both ends included, as `major.minor`. */
export interface MicroversionRange {
  min: string;
  max: string;
}

/** Whether the text is a microversion; an empty text is what a service without microversions says. */
export function isMicroversion(text: string): boolean {
  return /^[1-9]\d*\.(0|[1-9]\d*)$/.test(text);
}

/** Negative when `a` is older than `b`, positive when newer, 0 when the same; the parts are numbers, not texts. */
export function compareMicroversions(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}

/** Whether `offered` is at least `wanted`. */
export function atLeast(offered: string, wanted: string): boolean {
  return compareMicroversions(offered, wanted) >= 0;
}

/**
 * The version to ask for: the highest that both this client (`knows`) and the cluster understand; null when that
 * is less than the call needs. Never `latest`: its meaning changes with the cluster's next upgrade.
 */
export function chooseMicroversion(
  call: { needs?: string | undefined; knows?: string | undefined },
  cluster: MicroversionRange,
): string | null {
  const needs = call.needs ?? cluster.min;
  const knows = call.knows ?? needs;
  const chosen = atLeast(cluster.max, knows) ? knows : cluster.max;
  return atLeast(chosen, needs) && atLeast(chosen, cluster.min) ? chosen : null;
}
