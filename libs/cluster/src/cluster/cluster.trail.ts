import type { Transaction } from '@ultron/platform/database/transaction';
import { recordEvent } from '@ultron/platform/trail/trail';
import type { ClusterChanges, ClusterSummary } from './cluster.types.js';

/** What an operator said of a cluster. Of its credential only that there is a new one; capabilities as they were given. */
export async function recordCluster(
  tx: Transaction,
  before: ClusterSummary | null,
  after: ClusterSummary | null,
  { credential, capabilities }: ClusterChanges = {},
): Promise<void> {
  const id = (after ?? before)?.id ?? '';
  await recordEvent(tx, {
    subject: { kind: 'cluster', id },
    action: !before ? 'created' : after ? 'changed' : 'removed',
    before: before && shown(before),
    after: after && {
      ...shown(after),
      ...(credential ? { credential: 'replaced' } : {}),
      ...(capabilities ? { capabilities } : {}),
    },
    reason: after?.stateReason ?? null,
  });
}

const shown = (cluster: ClusterSummary) => ({
  name: cluster.name,
  idc: cluster.idc.name,
  conductor_group: cluster.conductorGroup.name,
  auth_url: cluster.authUrl,
  region: cluster.region,
  interface: cluster.interface,
  state: cluster.state,
  state_reason: cluster.stateReason,
});
