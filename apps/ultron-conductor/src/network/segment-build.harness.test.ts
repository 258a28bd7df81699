import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Realisation } from '@ultron/network/address-plan/segment/infra.rules';
import { problemsOf, runSagaHarness } from '@ultron/testing/saga/run-saga-harness';
import type { ScenarioRun } from '@ultron/testing/saga/saga-harness';
import { classify } from '../openstack/openstack-fault.translate.js';
import { openPlanWorld, type PlanWorld } from './plan-world.fixture.js';
import type { PlanDeps } from './plan.deps.js';
import { segmentBuild } from './segment-build.saga.js';
import { begunBuild, planSnapshot, type PlanSnapshot } from './segment-harness.fixture.js';

jest.setTimeout(300_000);

let world: PlanWorld;
beforeAll(async () => {
  world = await openPlanWorld([{ name: 'only', release: 'zed' }]);
}, 60_000);
afterAll(() => world.close());

function check({ status, after }: ScenarioRun<PlanSnapshot>): void {
  const [network] = after.networks;
  const [subnet] = after.subnets;
  if (status === 'succeeded') {
    expect(after.networks).toHaveLength(1);
    expect(after.subnets).toHaveLength(1);
    expect(subnet?.network).toBe(network);
    expect(after.segments).toEqual([
      {
        state: 'active',
        fault: null,
        openstackSubnetId: after.subnetRows[0]?.openstackId,
        retries: false,
      },
    ]);
    expect(after.networkRows).toEqual([network]);
    expect(after.subnetRows).toEqual([{ openstackId: expect.any(String), pools: subnet?.pools }]);
  } else {
    const retries = true;
    expect(after).toEqual({
      networks: [],
      subnets: [],
      segments: [{ state: 'error', fault: 'injected_refusal', openstackSubnetId: null, retries }],
      networkRows: [null],
      subnetRows: [],
    });
  }
}

describe.each<Realisation>(['routed', 'stretched'])('a %s segment', (realisation) => {
  it('is built once or not at all, whatever fails and whenever the process dies', async () => {
    const reports = await runSagaHarness<PlanDeps, PlanSnapshot>({
      saga: segmentBuild,
      classify,
      check: (run) => {
        // Before its first step nothing has begun: the segment is still to be built.
        const begun = run.after.segments[0]?.state !== 'reserved';
        if (begun) check(run);
      },
      open: async () => {
        const { vpcId, task } = await begunBuild(world, realisation);
        return {
          database: world.database,
          deps: () => world.planDeps(),
          begin: async () => task,
          snapshot: () => planSnapshot(world, vpcId),
        };
      },
    });
    expect(reports.length).toBeGreaterThan(30);
    expect(problemsOf(reports)).toEqual([]);
  });

  it('leaves to the network what it needs, and the rest to servers', async () => {
    const engine = await world.startEngine({
      sagas: [segmentBuild],
      deps: world.planDeps(),
      classify,
      domains: ['network'],
    });
    const { vpcId, work } = await world.planSubnet(await world.addVpc(realisation));
    world.tasks.ring(work.ring);
    expect((await world.ended(work.task.id, 30_000)).status).toBe('succeeded');
    const { subnets, segments } = await planSnapshot(world, vpcId);
    const base = subnets[0]?.cidr.replace(/\.\d+\/\d+$/, '');
    expect(subnets).toEqual([
      expect.objectContaining({
        cidr: `${base}.0/${realisation === 'routed' ? 24 : 22}`,
        gateway: `${base}.1`,
        pools: `${base}.3-${base}.${realisation === 'routed' ? 254 : 255}`,
      }),
    ]);
    expect(segments).toEqual([expect.objectContaining({ state: 'active' })]);
    await engine.stop();
  });
});
