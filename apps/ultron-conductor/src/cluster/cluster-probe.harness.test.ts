import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { probeTask } from '@ultron/cluster/cluster/cluster-probe.task';
import type { ClusterDetail } from '@ultron/cluster/cluster/cluster.types';
import { type Simulator, startSimulator } from '@ultron/openstack-sim/simulator';
import { newContext } from '@ultron/platform/context/request-context';
import { problemsOf, runSagaHarness } from '@ultron/testing/saga/run-saga-harness';
import type { ScenarioRun } from '@ultron/testing/saga/saga-harness';
import { classify } from '../openstack/openstack-fault.translate.js';
import { clusterProbe } from './cluster-probe.saga.js';
import type { ClusterDeps } from './cluster.deps.js';
import { HostRatios } from './host-ratios.js';
import { openRegistryWorld, registrationOf, type RegistryWorld } from './registry.fixture.js';

let world: RegistryWorld;
let simulator: Simulator;

beforeAll(async () => {
  world = await openRegistryWorld({ idle: true });
  simulator = await startSimulator({ clusters: [{ name: 'sim', release: 'zed', hosts: 2 }] });
}, 300_000);
afterAll(async () => {
  await world.close();
  await simulator.close();
});

/** Whatever befell the probe, what is written is the verdict of the task, and all of it. */
function check({ status, task, after }: ScenarioRun<ClusterDetail>): void {
  if (status === 'succeeded') {
    expect(after.probe).toMatchObject({ status: 'ok', fault: null });
    expect(after.capacity).toMatchObject({ hosts: 2 });
    expect(after.inventory.services).toHaveLength(5);
  } else {
    expect(after.probe).toMatchObject({ status: 'failed', fault: task.error });
    expect(after.inventory.services).toEqual([]);
  }
}

describe('the probe of a cluster', () => {
  it('comes to one verdict however often it is repeated, fails or dies, and changes nothing in the cluster', async () => {
    const [simulated] = simulator.clusters;
    if (!simulated) throw new Error('no simulated cluster');
    const { traceId, traceparent } = newContext();
    const origin = { traceId, traceparent, projectId: null };
    const reports = await runSagaHarness<ClusterDeps, ClusterDetail>({
      saga: clusterProbe,
      classify,
      check,
      open: async () => {
        const { cluster } = await world.database.transaction((tx) =>
          world.clusters.register(tx, registrationOf(simulated), origin),
        );
        return {
          database: world.database,
          deps: () => ({ ...world.deps, ratios: new HostRatios() }),
          begin: () => Promise.resolve(probeTask(cluster, origin)),
          snapshot: () => world.clusters.get(cluster.id),
        };
      },
    });
    expect(problemsOf(reports)).toEqual([]);
    expect(reports.length).toBeGreaterThan(15);
    const changing = simulator.control
      .requests({})
      .filter(({ method, url }) => method !== 'GET' && !url.endsWith('/auth/tokens'));
    expect(changing).toEqual([]);
  }, 120_000);
});
