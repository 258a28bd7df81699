import type { LifecycleDelays } from '@ultron/openstack-sim/cluster/cluster.settings';
import { startSimulator } from '@ultron/openstack-sim/simulator';
import type { Target } from './target.js';

/** Simulated clusters, one of each release, named after it, with as much room as those of the lab. */
export async function simTarget(
  releases: readonly string[] = ['zed', 'epoxy'],
  lifecycle: Partial<LifecycleDelays> = {},
  latency: { base?: number; jitter?: number } = {},
): Promise<Target> {
  const simulator = await startSimulator({
    clusters: releases.map((release) => ({
      name: release,
      release,
      idc: 'here',
      hosts: 2,
      lifecycle,
      latency,
    })),
  });
  return {
    kind: 'sim',
    clusters: simulator.clusters,
    noted: (cluster, service, requestId) =>
      Promise.resolve(
        simulator.control
          .requests({ cluster: cluster.name, service, requestId })
          .map(({ method, url, status }) => `${requestId} ${method} ${url} ${status}`),
      ),
    broker: () => null,
    close: () => simulator.close(),
  };
}
