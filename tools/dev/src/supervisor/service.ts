import type { Launch } from '../process/child.js';

/** A process that is to run as long as the instance does. */
export interface Service {
  name: string;
  launch: Launch;
  /** What must be done before each start. */
  prepare(): Promise<void>;
  /** Whether it does its work now; asked again and again until it does. */
  isReady(): Promise<boolean>;
  readyWithinMs: number;
}

/** How long to wait before a process that died is started again. */
export interface Backoff {
  firstMs: number;
  longestMs: number;
  /** A process that ran for so long begins again with the shortest wait. */
  steadyAfterMs: number;
}

export const BACKOFF: Backoff = { firstMs: 500, longestMs: 30_000, steadyAfterMs: 60_000 };
