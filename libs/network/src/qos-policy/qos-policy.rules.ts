import type { FieldFault } from '@ultron/kernel/fault';
import type { BandwidthLimit } from './qos-policy.entity.js';

/** Kilobits per second; Neutron keeps them in 32 bits (`neutron/services/qos/qos_consts.py`, DB_INTEGER_MAX_VALUE). */
export const MOST_KBPS = 2_147_483_647;

/** Neutron has one rule of a kind and direction in a policy. */
export function bandwidthProblems(limits: readonly BandwidthLimit[]): FieldFault[] {
  const seen = new Set<string>();
  return limits.flatMap((limit, i): FieldFault[] => {
    const pointer = `/bandwidth_limits/${i}`;
    const twice = seen.has(limit.direction);
    seen.add(limit.direction);
    const fields = twice
      ? [{ pointer: `${pointer}/direction`, detail: `there is a limit for ${limit.direction} before` }]
      : [];
    if (limit.max_burst_kbps !== 0 && limit.max_burst_kbps > limit.max_kbps * 100) {
      // A burst of more than 100 s of the rate is no limit any more: it is a slip of units.
      fields.push({
        pointer: `${pointer}/max_burst_kbps`,
        detail: `a burst of ${limit.max_burst_kbps} kbit is more than a hundred seconds of the rate; it is in kbit`,
      });
    }
    return fields;
  });
}

export interface ShownRule {
  id: string;
  direction: string;
  max_kbps: number;
  max_burst_kbps: number;
}

export interface RuleChanges {
  create: BandwidthLimit[];
  update: { id: string; limit: BandwidthLimit }[];
  delete: string[];
}

/** What makes the rules of a cluster's policy equal to the limits. */
export function ruleChanges(limits: readonly BandwidthLimit[], shown: readonly ShownRule[]): RuleChanges {
  const changes: RuleChanges = { create: [], update: [], delete: [] };
  const kept = new Set<string>();
  for (const limit of limits) {
    const rule = shown.find(({ direction }) => direction === limit.direction);
    if (!rule) changes.create.push(limit);
    else {
      kept.add(rule.id);
      if (!isSame(rule, limit)) changes.update.push({ id: rule.id, limit });
    }
  }
  changes.delete = shown.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  return changes;
}

// A burst of 0 is the cluster's to choose, and some show what they chose.
const isSame = (rule: ShownRule, limit: BandwidthLimit): boolean =>
  rule.max_kbps === limit.max_kbps &&
  (limit.max_burst_kbps === 0 || rule.max_burst_kbps === limit.max_burst_kbps);
