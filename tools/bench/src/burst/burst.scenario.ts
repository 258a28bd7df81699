import type { ClusterOptions } from '@ultron/openstack-sim/cluster/cluster.settings';
import { alternate, median, medianRatio, type Figure } from '../figures.js';
import { BenchInstance } from '../instance/bench-instance.js';
import { IdealClient } from './ideal-client.js';
import { createBatch, deleteBatch } from './ultron-batch.js';

const ROUNDS = 3;
const SERVERS = 100;
const NAMES = { flavor: 'm1.tiny', image: 'cirros', network: 'private' };
/** In flight to one cluster; Ultron begins with as many and adapts. */
const CONCURRENCY = 16;
const POLL_MS = 500;

/** What clusters of some size need for an answer, in milliseconds, and for a server. */
const REAL: Partial<ClusterOptions> = {
  hosts: 100,
  latency: {
    base: 40,
    jitter: 20,
    kinds: {
      'POST /v2.1/servers': { base: 350, jitter: 150 },
      'POST /v2.0/ports': { base: 250, jitter: 100 },
      identity: { base: 80, jitter: 40 },
    },
  },
  lifecycle: { schedule: { min: 500, max: 1000 }, spawn: { min: 4000, max: 6000 } },
};
const RELEASES = ['queens', 'train', 'victoria', 'zed', '2025.1'];

/** One call for 100 servers over five clusters, against a client that sends the least that can be sent. */
export async function burst(): Promise<Figure[]> {
  const instance = await BenchInstance.start(
    RELEASES.map((release, i) => ({ name: `burst-${i + 1}`, release, ...REAL })),
  );
  const ideal = await Promise.all(instance.clusters.map((c) => IdealClient.connect(c, NAMES, CONCURRENCY)));
  try {
    const calls: number[] = [];
    const ultron = async (round: number) => {
      const before = await countCalls(instance.simulatorUrl);
      const { ms, ids } = await createBatch(instance.api, `ultron-${round}`, SERVERS, NAMES);
      calls.push(((await countCalls(instance.simulatorUrl)) - before) / SERVERS);
      await deleteBatch(instance.api, ids);
      return ms;
    };
    const peer = async (round: number) => {
      const begun = performance.now();
      await Promise.all(
        ideal.map((client, i) => client.create(SERVERS / ideal.length, `ideal-${round}-${i}`, POLL_MS)),
      );
      return performance.now() - begun;
    };
    await ultron(ROUNDS);
    calls.length = 0;
    const { a, b } = await alternate(ROUNDS, ultron, peer);
    return [
      { scenario: 'burst', metric: 'ultron_time', value: median(a), unit: 'ms' },
      { scenario: 'burst', metric: 'ideal_time', value: median(b), unit: 'ms' },
      { scenario: 'burst', metric: 'time_ratio', value: medianRatio(a, b), unit: 'x', aim: '<= 1.15' },
      { scenario: 'burst', metric: 'openstack_calls_per_server', value: median(calls), unit: 'calls' },
    ];
  } finally {
    await Promise.all(ideal.map((client) => client.close()));
    await instance.stop();
  }
}

async function countCalls(simulatorUrl: string): Promise<number> {
  const response = await fetch(`${simulatorUrl}/_sim/calls`);
  const kinds = (await response.json()) as { count: number }[];
  return kinds.reduce((sum, { count }) => sum + count, 0);
}
