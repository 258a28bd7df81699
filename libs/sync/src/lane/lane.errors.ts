import type { LaneKey } from '../observed/observed-store.js';

/** The lane is not (or not any more) the caller's: another conductor owns it, or this one was not heard for too long. */
export class LaneLost extends Error {
  constructor({ clusterId, kind }: LaneKey) {
    super(`the lane ${kind} of cluster ${clusterId} belongs to another conductor`);
    this.name = 'LaneLost';
  }
}
