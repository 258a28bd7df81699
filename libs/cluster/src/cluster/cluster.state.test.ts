import { describe, expect, it } from '@jest/globals';
import { CLUSTER_STATES, mayBecome, nextClusterStates, takesNewServers } from './cluster.state.js';

describe('the states of a cluster', () => {
  it('lets every state be left and reached', () => {
    for (const state of CLUSTER_STATES) {
      expect(nextClusterStates(state).length).toBeGreaterThan(0);
      expect(CLUSTER_STATES.some((from) => nextClusterStates(from).includes(state))).toBe(true);
    }
  });

  it('does not give a cluster that was down new servers at once', () => {
    expect(nextClusterStates('down').filter(takesNewServers)).toEqual([]);
    expect(mayBecome('down', 'enabled')).toBe(false);
  });

  it('takes the state a cluster is in already for granted', () => {
    for (const state of CLUSTER_STATES) expect(mayBecome(state, state)).toBe(true);
  });
});
