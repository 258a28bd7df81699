import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Realisation } from '@ultron/network/address-plan/segment/infra.rules';
import { problemsOf, runSagaHarness } from '@ultron/testing/saga/run-saga-harness';
import { classify } from '../openstack/openstack-fault.translate.js';
import { openPlanWorld, takenOut, type PlanWorld } from './plan-world.fixture.js';
import type { PlanDeps } from './plan.deps.js';
import { segmentBuild } from './segment-build.saga.js';
import { segmentDrain } from './segment-drain.saga.js';
import { planSnapshot, type PlanSnapshot } from './segment-harness.fixture.js';

jest.setTimeout(300_000);

let world: PlanWorld;
beforeAll(async () => {
  world = await openPlanWorld([{ name: 'only', release: 'zed' }]);
}, 60_000);
afterAll(() => world.close());

/** A VPC of which the cluster has these many subnets, built by a conductor that is gone again. */
async function builtVpc(realisation: Realisation): Promise<{ vpcId: string; segmentId: string }> {
  const engine = await world.startEngine({
    sagas: [segmentBuild],
    deps: world.planDeps(),
    classify,
    domains: ['network'],
  });
  const { vpcId, dealt, work } = await world.planSubnet(await world.addVpc(realisation, { dhcpPorts: 0 }));
  world.tasks.ring(work.ring);
  const ended = await world.ended(work.task.id, 30_000);
  expect(ended.status).toBe('succeeded');
  await engine.stop();
  return { vpcId, segmentId: dealt[0]?.segmentId ?? '' };
}

describe.each<Realisation>(['routed', 'stretched'])('a %s segment that is drained', (realisation) => {
  it('is gone, or goes on draining and is tried again, whatever fails', async () => {
    const reports = await runSagaHarness<PlanDeps, PlanSnapshot>({
      saga: segmentDrain,
      classify,
      check: ({ status, after }) => {
        if (status === 'succeeded') {
          expect(after).toEqual({
            networks: [],
            subnets: [],
            segments: [{ state: 'quarantined', fault: null, openstackSubnetId: null, retries: false }],
            networkRows: [null],
            subnetRows: [],
          });
        } else {
          expect(after.segments).toEqual([
            expect.objectContaining({ state: 'draining', fault: 'injected_refusal', retries: true }),
          ]);
          // Nothing is in the cluster that the rows do not tell of.
          expect(after.subnets.length).toBeLessThanOrEqual(after.subnetRows.length);
        }
      },
      open: async () => {
        const { vpcId, segmentId } = await builtVpc(realisation);
        await world.plan.segments.drain(segmentId);
        const task = await takenOut(world, (tx) =>
          world.segmentTasks.change(tx, {
            kind: 'subnet.reclaim',
            vpcId,
            resource: { kind: 'vpc', id: vpcId },
            drain: [segmentId],
            origin: world.origin(),
          }),
        );
        return {
          database: world.database,
          deps: () => world.planDeps(),
          begin: async () => task,
          snapshot: () => planSnapshot(world, vpcId),
        };
      },
    });
    expect(reports.length).toBeGreaterThan(15);
    expect(problemsOf(reports)).toEqual([]);
  });
});
