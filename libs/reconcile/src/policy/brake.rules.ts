/** How much a reconciler may do to one cluster before it must stop and call somebody. */
export interface BrakeLimits {
  /** Repairs begun by itself within an hour. */
  maxPerHour: number;
  /** Findings that want a repair by itself, of all that Ultron has in the cluster: 0.1 is a tenth. */
  maxShare: number;
}

/** Numbers that an operator gave; what is null holds as more widely. */
export type GivenLimits = { [Limit in keyof BrakeLimits]: BrakeLimits[Limit] | null };

export const DEFAULT_BRAKE: BrakeLimits = { maxPerHour: 60, maxShare: 0.1 };

export const withDefaults = (given: GivenLimits, defaults: BrakeLimits = DEFAULT_BRAKE): BrakeLimits => ({
  maxPerHour: given.maxPerHour ?? defaults.maxPerHour,
  maxShare: given.maxShare ?? defaults.maxShare,
});

/** As the API shows them; null holds as more widely. */
export const shownLimits = ({ maxPerHour, maxShare }: GivenLimits) => ({
  max_repairs_per_hour: maxPerHour,
  max_share_percent: maxShare === null ? null : Math.round(maxShare * 100),
});

/** In a small cluster a few findings are a large share and no catastrophe. */
export const SHARE_FLOOR = 10;

export interface BrakeFacts {
  /** Findings that policy would have repaired now. */
  wanted: number;
  /** Repairs that were begun by itself within the last hour. */
  begunLastHour: number;
  /** All that Ultron has in the cluster: servers, ports, networks … */
  owned: number;
}

export type BrakeVerdict =
  | { kind: 'go'; /** So many may begin now. */ allowed: number }
  /** Nothing may begin, in this cluster, until a person releases the brake. */
  | { kind: 'stop'; reason: string };

/**
 * Whether so much drift may be repaired without asking. Too much at once is more likely a lie of the cluster, or a
 * mistake of ours, than that much drift: then nothing at all is done.
 */
export function judgeBrake(facts: BrakeFacts, limits: BrakeLimits): BrakeVerdict {
  const { wanted, begunLastHour, owned } = facts;
  const most = Math.max(SHARE_FLOOR, Math.floor(owned * limits.maxShare));
  if (wanted > most) {
    return {
      kind: 'stop',
      reason: `${wanted} findings want a repair at once; of ${owned} things at most ${most} may`,
    };
  }
  if (begunLastHour + wanted > limits.maxPerHour) {
    return {
      kind: 'stop',
      reason: `${begunLastHour} repairs were begun within the hour and ${wanted} more are wanted; ${limits.maxPerHour} may`,
    };
  }
  return { kind: 'go', allowed: wanted };
}
