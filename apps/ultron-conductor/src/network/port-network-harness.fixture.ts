import { expect } from '@jest/globals';
import { problemsOf, runSagaHarness } from '@ultron/testing/saga/run-saga-harness';
import type { SagaHarness } from '@ultron/testing/saga/saga-harness';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { classify } from '../openstack/openstack-fault.translate.js';
import type { PortWorld, PortWorldDeps } from './port-network-world.fixture.js';

/** A saga of ports, routers, floating IPs or QoS policies, in one world for all scenarios. */
export interface PortNetworkHarness<Everything> extends Pick<
  SagaHarness<PortWorldDeps, Everything>,
  'saga' | 'check'
> {
  world: PortWorld;
  /** Makes the thing of one scenario, as far as it is to be there before, and the task that the saga runs. */
  begin(): Promise<{ id: string; task: NewTask }>;
  /** All that there is of the thing. */
  everythingOf(id: string): Promise<Everything>;
}

/** What went wrong in any scenario, one line each. */
export async function harnessProblems<Everything>(
  harness: PortNetworkHarness<Everything>,
): Promise<string[]> {
  const { world, saga, check, begin, everythingOf } = harness;
  const reports = await runSagaHarness<PortWorldDeps, Everything>({
    saga,
    classify,
    check,
    open: async () => {
      const { id, task } = await begin();
      return {
        database: world.database,
        deps: () => world.portDeps(),
        begin: async () => task,
        snapshot: () => everythingOf(id),
      };
    },
  });
  expect(reports.length).toBeGreaterThan(5);
  return problemsOf(reports);
}
