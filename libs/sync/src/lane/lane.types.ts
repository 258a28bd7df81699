import type { FaultRecord } from '@ultron/kernel/fault';
import type { LaneStrategy } from '../kind/sync-kind.js';
import type { LaneKey } from '../observed/observed-store.js';
import type { BrakeState } from '../pass/brake.rules.js';
import type { PassCounts, PassMode, PassOutcome } from '../pass/pass.types.js';
import type { Tier } from '../tier/tier.types.js';
import type { NextTimes } from './schedule.rules.js';

/** The right to write a lane: who has a higher epoch shuts out all others. */
export interface LaneClaim extends LaneKey {
  conductorId: string;
  epoch: number;
}

/** A lane as its owner needs it for a pass. */
export interface Lane extends LaneKey {
  domain: string;
  epoch: number;
  strategy: LaneStrategy;
  slowness: number;
  tier: Tier;
  /** Milliseconds until each mode is due; negative is overdue, null never. */
  due: Record<PassMode, number | null>;
  askedFor: PassMode | null;
  /** Milliseconds since it became due. */
  overdueMs: number;
  /** Milliseconds since the state was read that is shown; null when it never was. */
  ageMs: number | null;
  cursorAt: Date | null;
  failures: number;
  missing: number;
  brake: BrakeState;
  /** How many were unseen when the brake was put on. */
  brakeUnseen: number | null;
  /** Begun by this owner and, as far as the row knows, not ended. */
  inPass: boolean;
}

/** What a pass has come to. */
export interface PassEnd {
  mode: PassMode;
  outcome: PassOutcome;
  counts: PassCounts;
  fault: FaultRecord | null;
  next: NextTimes;
  /** The state that the pass has read in full is that of its beginning. */
  refreshed: boolean;
  durationMs: number;
  cursorAt?: Date | undefined;
  /** Present and missing now; left out when they were not counted. */
  present?: number | undefined;
  missing?: number | undefined;
  /** Left out when the pass has no say in it. */
  brake?: { state: BrakeState; known: number; unseen: number } | undefined;
  /** What the brake was when the pass was chosen. */
  brakeBefore: BrakeState;
}

/** Whether nothing was taken for missing that the pass did not see. */
export const isBraked = ({ brake, brakeBefore }: Pick<PassEnd, 'brake' | 'brakeBefore'>): boolean =>
  (brake?.state ?? brakeBefore) === 'on';

/** A lane as it should be, by what is known of its cluster. */
export interface LaneWish extends LaneKey {
  domain: string;
  conductorGroup: string;
  tier: string;
  strategy: LaneStrategy;
  slowness: number;
  /** It exists but is not read: the cluster is down or was not probed yet. */
  resting: boolean;
}
