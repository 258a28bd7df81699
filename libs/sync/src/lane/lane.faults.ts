import { Fault } from '@ultron/kernel/fault';
import type { LaneKey } from '../observed/observed-store.js';
import type { PassMode } from '../pass/pass.types.js';

export const laneNotFound = ({ clusterId, kind }: LaneKey): Fault =>
  new Fault({
    code: 'lane_not_found',
    category: 'not_found',
    detail: `There is no lane ${kind} in cluster ${clusterId}.`,
  });

export const laneAtRest = (why: 'paused' | 'resting'): Fault =>
  new Fault({
    code: 'lane_at_rest',
    category: 'conflict',
    detail:
      why === 'paused'
        ? 'The lane is paused: resume it first.'
        : 'The lane rests, since its cluster is down or was not probed with success: enable the cluster first.',
  });

export const brakeNotOn = (): Fault =>
  new Fault({
    code: 'brake_not_on',
    category: 'conflict',
    detail: 'The brake of this lane is not on: there is nothing to release.',
  });

export const clusterTooSlow = (mode: PassMode, deadlineMs: number): Fault =>
  new Fault({
    code: 'cluster_too_slow',
    category: 'unavailable',
    detail: `The cluster answers so slowly that a ${mode} pass was not over after ${Math.round(deadlineMs / 1000)} s.`,
    whoCanFix: 'cluster',
  });
