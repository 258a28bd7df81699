import { describe, expect, it } from '@jest/globals';
import type { ClusterFacts } from '@ultron/cluster/scheduler/placement';
import { chooseCluster, requireCapabilities } from './cluster-choice.rules.js';

const cluster = (name: string, change: Partial<ClusterFacts> = {}): ClusterFacts =>
  ({
    id: name,
    name,
    state: 'enabled',
    reachable: true,
    capabilities: new Set(['port_security']),
    ...change,
  }) as ClusterFacts;

const needs = [{ capability: 'port_security', pointer: '/port_security_enabled' }] as const;
const room = (...rooms: [string, number][]) => rooms.map(([clusterId, free]) => ({ clusterId, room: free }));

describe('the cluster of a port', () => {
  it('is the one with most room, of those that can do it', () => {
    const clusters = [cluster('a'), cluster('b'), cluster('c', { capabilities: new Set() })];
    expect(chooseCluster(clusters, room(['a', 1], ['b', 5], ['c', 9]), needs).name).toBe('b');
  });

  it('is none when all have a reason against it, and each is told', () => {
    const clusters = [
      cluster('a', { capabilities: new Set() }),
      cluster('b', { state: 'draining' }),
      cluster('c', { reachable: false }),
      cluster('d'),
      cluster('e'),
    ];
    const rooms = room(['a', 1], ['b', 1], ['c', 1], ['d', 0]);
    expect(() => chooseCluster(clusters, rooms, needs)).toThrow(
      expect.objectContaining({
        code: 'network_no_cluster_fits',
        extra: {
          explain: {
            clusters: [
              { cluster: 'a', reasons: [expect.stringContaining('port_security')] },
              { cluster: 'b', reasons: ['it is draining'] },
              { cluster: 'c', reasons: ['it does not answer'] },
              { cluster: 'd', reasons: ['it has no free address'] },
              { cluster: 'e', reasons: ['it has no part of the network'] },
            ],
          },
        },
      }),
    );
  });

  it('that is given already must do, field by field', () => {
    expect(() => requireCapabilities(cluster('a'), needs)).not.toThrow();
    expect(() => requireCapabilities(cluster('a', { capabilities: new Set() }), needs)).toThrow(
      expect.objectContaining({
        code: 'network_capability_missing',
        fields: [{ pointer: '/port_security_enabled', detail: expect.stringContaining('port_security') }],
      }),
    );
  });
});
