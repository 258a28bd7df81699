import { newId } from '@ultron/kernel/id';
import { subnetsPerVpc } from '../pool/pool.rules.js';
import type { AddressPlanFixture } from './address-plan.fixture.js';

/**
 * Ways of dealing out a VPC when one cluster is hot. A: every subnet is cut evenly, what is spare stays so. B: as A, and
 * spare segments go to the hot cluster. C: one subnet is cut evenly; then supplements, directed to the hot cluster.
 */
export const STRATEGIES = ['A', 'B', 'C'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** The addresses that the hot cluster can hold in a default VPC in one IDC: clusters, then A, B and C. */
export const EXPECTED: readonly (readonly [clusters: number, a: number, b: number, c: number])[] = [
  [1, 1008, 4032, 4032],
  [2, 1008, 3024, 3780],
  [3, 1008, 2016, 3528],
  [4, 1008, 1008, 3276],
  [5, 496, 2000, 3524],
  [8, 496, 496, 3148],
];

/** Servers that are asked for at once: more than one unit holds, so that whole segments are dealt. */
const BATCH = 200;

/** Fills the hot cluster of a new VPC until nothing more can be had, and returns how many addresses that were. */
export async function fillHotCluster(
  fixture: AddressPlanFixture,
  poolId: string,
  clusters: number,
  strategy: Strategy,
): Promise<number> {
  const idcId = newId();
  const clusterIds = Array.from({ length: clusters }, () => newId());
  const vpcId = await fixture.addVpc(poolId, { idcIds: [idcId], sharing: 'all' });
  const prefixes = fixture.config.prefixes;
  const subnets = strategy === 'C' ? 1 : subnetsPerVpc(prefixes);
  for (let i = 0; i < subnets; i++) {
    await fixture.plan.createSubnet({ id: newId(), vpcId, idcId, clusterIds });
  }
  const hot = clusterIds[0] ?? '';
  const demands = clusterIds.map((clusterId) => ({ clusterId, eligible: true }));
  for (let held = 0; ;) {
    await fixture.build(vpcId);
    held += await allocateAll(fixture, vpcId, hot);
    if (strategy === 'A') return held;
    const command = { id: newId(), vpcId, idcId, clusterId: hot, need: BATCH, urgent: true, demands };
    const outcome = await fixture.supplements.supplement(command);
    // What is taken back from others meanwhile is no part of the comparison.
    if (!outcome.dealt.some(({ clusterId }) => clusterId === hot)) return held;
  }
}

/** As many as there are, a batch at a time. */
async function allocateAll(fixture: AddressPlanFixture, vpcId: string, clusterId: string): Promise<number> {
  let held = 0;
  for (let left = 1; left > 0;) {
    const request = { reservationId: newId(), vpcId, clusterId, count: 500, minCount: 1 };
    const got = await fixture.addresses.allocate(request);
    held += got.addresses.length;
    left = got.left;
  }
  return held;
}
