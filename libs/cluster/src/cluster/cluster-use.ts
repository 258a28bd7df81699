import type { Transaction } from '@ultron/platform/database/transaction';

/**
 * Tells whether anything still lives in a cluster. The domains above (compute) know, this one must not know them:
 * the application binds this token to whoever answers.
 */
export abstract class ClusterUse {
  /** How many servers of ours are in the cluster, being made or deleted included; beyond 1000 about so many. */
  abstract countServers(tx: Transaction, clusterId: string): Promise<number>;

  /** How many segments of VPCs the cluster has. */
  abstract countSegments(tx: Transaction, clusterId: string): Promise<number>;
}
