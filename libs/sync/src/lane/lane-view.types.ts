import type { FaultRecord } from '@ultron/kernel/fault';
import type { LaneStrategy } from '../kind/sync-kind.js';
import type { BrakeState } from '../pass/brake.rules.js';
import type { PassMode, PassOutcome } from '../pass/pass.types.js';

/**
 * What most needs to be known of a lane. `unowned`: no conductor has it. `late`: it is further behind than its tier
 * allows.
 */
export type LaneState = 'paused' | 'resting' | 'unowned' | 'braked' | 'failing' | 'late' | 'new' | 'well';
export const LANE_STATES: readonly LaneState[] = [
  'paused',
  'resting',
  'unowned',
  'braked',
  'failing',
  'late',
  'new',
  'well',
];

/** A lane as operators see it. */
export interface LaneView {
  /** Its cluster and kind. */
  id: string;
  clusterId: string;
  kind: string;
  domain: string;
  conductorGroup: string;
  state: LaneState;
  tier: string;
  objectiveMs: number;
  /** Milliseconds since the state was read that is shown; null when it never was. */
  lagMs: number | null;
  strategy: LaneStrategy;
  owner: { id: string; name: string | null; alive: boolean } | null;
  /** Its cluster does not answer its owner, and is tried now and then only. */
  circuit: { openedAt: Date; nextTryAt: Date } | null;
  epoch: number;
  takenAt: Date | null;
  running: { mode: PassMode; startedAt: Date } | null;
  nextDueAt: Date;
  cursorAt: Date | null;
  freshAt: Date | null;
  fullAt: Date | null;
  changesAt: Date | null;
  idsAt: Date | null;
  fullMs: number | null;
  changesMs: number | null;
  last: {
    startedAt: Date;
    finishedAt: Date | null;
    outcome: PassOutcome;
    seen: number;
    written: number;
  } | null;
  present: number;
  missing: number;
  /** Since the lane was made. */
  gone: number;
  failures: number;
  failingSince: Date | null;
  fault: FaultRecord | null;
  brake: { state: BrakeState; since: Date | null; known: number | null; unseen: number | null };
}

export interface PassView {
  number: number;
  mode: PassMode;
  conductorId: string;
  epoch: number;
  startedAt: Date;
  finishedAt: Date;
  outcome: PassOutcome;
  pages: number;
  seen: number;
  written: number;
  missing: number;
  gone: number;
  fault: FaultRecord | null;
}

export interface LaneFilter {
  clusterId?: string | undefined;
  kind?: string | undefined;
  domain?: string | undefined;
  tier?: string | undefined;
  conductorGroup?: string | undefined;
  ownerId?: string | undefined;
  state?: LaneState | undefined;
}

export type LaneSort = 'id' | 'fresh_at';
