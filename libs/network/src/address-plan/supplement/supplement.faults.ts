import { Fault } from '@ultron/kernel/fault';
import type { ClusterDemand } from './floor.rules.js';
import type { SupplementOutcome } from './supplement.outcome.js';

/** @throws Fault `cluster_not_eligible` */
export function requireEligible(clusterId: string, demands: readonly ClusterDemand[]): void {
  if (demands.some((demand) => demand.clusterId === clusterId && demand.eligible)) return;
  throw new Fault({
    code: 'cluster_not_eligible',
    category: 'conflict',
    detail:
      'The cluster cannot take a part of a subnet at present: it is not in use, or has no room for servers.',
    retryable: true,
    whoCanFix: 'operator',
    extra: { cluster_id: clusterId },
  });
}

/** The fault of a request whose cluster could not be given enough addresses. */
export function addressesExhausted(outcome: SupplementOutcome): Fault {
  const { freeElsewhere: elsewhere, draining, keptFor, short } = outcome;
  return new Fault({
    code: 'vpc_addresses_exhausted',
    category: 'conflict',
    detail:
      draining.length > 0
        ? 'The VPC has no more addresses for this cluster at present; segments of others are being taken back.'
        : 'The VPC has no more addresses for this cluster; choose another cluster or another VPC.',
    retryable: draining.length > 0,
    extra: {
      missing: short,
      free_in_clusters: elsewhere.map((one) => ({
        idc_id: one.idcId,
        cluster_id: one.clusterId,
        free: one.free,
      })),
      draining_segments: draining,
      slots_kept_for_idcs: keptFor,
    },
  });
}
