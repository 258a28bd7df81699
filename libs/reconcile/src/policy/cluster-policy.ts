import { Inject, Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { FindingKind, SubjectKind } from '../finding/finding.kinds.js';
import { policyFor } from './policy.rules.js';
import { PolicyRepository } from './policy.repository.js';

/** Whether something may be done by itself in a cluster, for those who do it without a task. */
@Injectable()
export class ClusterPolicy {
  constructor(@Inject(PolicyRepository) private readonly policies: PolicyRepository) {}

  /** Policy wants it repaired, and repairs are not stopped there. */
  async mayRepair(
    tx: Transaction,
    clusterId: string,
    finding: { kind: FindingKind; subjectKind: SubjectKind },
  ): Promise<boolean> {
    const [place] = await select<{ tier: string | null; braked: number | string }>(
      tx,
      `SELECT (SELECT tier FROM lane WHERE cluster_id = ? AND kind = 'server') AS tier,
              EXISTS (SELECT 1 FROM reconcile_round WHERE cluster_id = ? AND braked_at IS NOT NULL) AS braked`,
      [clusterId, clusterId],
    );
    if (Number(place?.braked ?? 0) === 1) return false;
    const rows = await this.policies.all(tx);
    return policyFor(rows, finding, { clusterId, tier: place?.tier ?? null }) === 'repair';
  }
}
