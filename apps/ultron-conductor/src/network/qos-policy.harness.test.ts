import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ScenarioRun } from '@ultron/testing/saga/saga-harness';
import type { Saga } from '@ultron/tasks/saga/saga';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { neutronMark } from './neutron-marks.rules.js';
import { harnessProblems } from './port-network-harness.fixture.js';
import { openPortWorld, type PortWorld, type PortWorldDeps } from './port-network-world.fixture.js';
import { qosPolicyRealise } from './qos-policy-realise.saga.js';
import { qosPolicyRemove } from './qos-policy-remove.saga.js';

jest.setTimeout(300_000);

let world: PortWorld;
beforeAll(async () => {
  world = await openPortWorld([{ name: 'only', release: 'zed' }]);
}, 120_000);
afterAll(() => world.close());

/** All that there is of one policy, in its cluster and in the tables. */
interface Everything {
  inCluster: { id: string; rules: string[] }[];
  part: { status: string; fault: string | null; openstackId: string | null } | null;
  status: string | undefined;
}

async function everythingOf(policyId: string): Promise<Everything> {
  const { read } = world.database;
  const { policies } = world.simulator.control.cluster('only').network;
  const part = await world.net.qosPolicies.findPart(read, policyId, world.clusterIds[0] ?? '');
  return {
    inCluster: [...policies.values()]
      .filter(({ name }) => name === neutronMark(policyId))
      .map(({ id, bandwidthLimits }) => ({
        id,
        rules: bandwidthLimits.map(({ direction, max_kbps }) => `${direction} ${max_kbps}`).sort(),
      })),
    part: part && { status: part.status, fault: part.fault?.code ?? null, openstackId: part.openstackId },
    status: (await world.net.qosPolicies.find(read, policyId))?.status,
  };
}

const limit = (direction: 'egress' | 'ingress', max_kbps: number) => ({
  direction,
  max_kbps,
  max_burst_kbps: 0,
});

async function policy(): Promise<string> {
  const { id } = await world.database.transaction((tx) =>
    world.net.qosPolicyService.create(tx, {
      projectId: world.projectId,
      name: 'slow',
      description: '',
      bandwidthLimits: [limit('egress', 1000), limit('ingress', 2000)],
    }),
  );
  return id;
}

/** As a port, or a floating IP, that is the first in the cluster to be under the policy. */
async function firstUse(policyId: string) {
  const [cluster] = (await world.database.transaction((tx) => world.facts(tx))).filter(
    ({ id }) => id === world.clusterIds[0],
  );
  if (!cluster) throw new Error('the cluster is not registered');
  return world.database.transaction((tx) =>
    world.net.qosPolicyService.useIn(tx, {
      policyId,
      cluster,
      pointer: '/qos_policy_id',
      origin: world.from(),
      projectId: world.projectId,
    }),
  );
}

async function builtPolicy(): Promise<string> {
  const policyId = await policy();
  const { ring } = await firstUse(policyId);
  const made = await world.done(async () => ({ task: ring[0] ?? null, ring }));
  expect(made.ended?.error).toBeNull();
  return policyId;
}

const problems = (
  saga: Saga<PortWorldDeps>,
  begin: () => Promise<{ id: string; task: NewTask }>,
  check: (run: ScenarioRun<Everything>) => void,
): Promise<string[]> => harnessProblems({ world, saga, begin, check, everythingOf });

describe('whatever fails and whenever the process dies', () => {
  it('a policy is made once, with its rules, or not at all', async () => {
    const found = await problems(
      qosPolicyRealise,
      async () => {
        const policyId = await policy();
        const task = await world.begun(async () => {
          const { ring } = await firstUse(policyId);
          return { task: ring[0] ?? null, ring };
        });
        return { id: policyId, task };
      },
      ({ status, after }) => {
        if (status === 'succeeded') {
          const [made] = after.inCluster;
          expect(after.inCluster).toEqual([
            expect.objectContaining({ rules: ['egress 1000', 'ingress 2000'] }),
          ]);
          expect(after.part).toEqual({ status: 'active', fault: null, openstackId: made?.id });
          expect(after.status).toBe('active');
        } else {
          expect(after.inCluster).toEqual([]);
          expect(after.part).toEqual({ status: 'error', fault: 'injected_refusal', openstackId: null });
          expect(after.status).toBe('error');
        }
      },
    );
    expect(found).toEqual([]);
  });

  it('new limits are told to the cluster, or taken back there', async () => {
    const found = await problems(
      qosPolicyRealise,
      async () => {
        const policyId = await builtPolicy();
        const bandwidthLimits = [limit('egress', 3000)];
        const task = await world.begun((tx) =>
          world.net.qosPolicyService.update(tx, policyId, { bandwidthLimits }, world.from(), () => undefined),
        );
        return { id: policyId, task };
      },
      ({ status, after }) => {
        const rules = status === 'succeeded' ? ['egress 3000'] : ['egress 1000', 'ingress 2000'];
        expect(after.inCluster).toEqual([expect.objectContaining({ rules })]);
        expect(after.part).toMatchObject({ status: status === 'succeeded' ? 'active' : 'error' });
      },
    );
    expect(found).toEqual([]);
  });

  it('a deletion leaves nothing, or says that it failed', async () => {
    const found = await problems(
      qosPolicyRemove,
      async () => {
        const policyId = await builtPolicy();
        const task = await world.begun((tx) =>
          world.net.qosPolicyService.delete(tx, policyId, world.from(), () => undefined),
        );
        return { id: policyId, task };
      },
      ({ status, after }) => {
        if (status !== 'succeeded') return expect(after.part?.status).toBe('error');
        expect(after.inCluster).toEqual([]);
        return expect(after).toMatchObject({
          part: { status: 'deleted', openstackId: null },
          status: 'deleted',
        });
      },
    );
    expect(found).toEqual([]);
  });
});
