import type { Transaction } from '@ultron/platform/database/transaction';
import type { AdoptedRow, Adoption } from '@ultron/reconcile/adoption/adoption.entity';
import { portsMadeBy } from '@ultron/reconcile/adoption/adopted.repository';
import type { ConductorDeps } from '../conductor.deps.js';

type Deps = Pick<ConductorDeps, 'adopted' | 'withdrawals'>;

/** What was adopted is given up: its rows stay as those of what is deleted, and are nobody's. */
export async function giveUp(deps: Deps, tx: Transaction, adoption: Adoption): Promise<void> {
  const { resourceId: id, clusterId, openstackId } = adoption;
  if (adoption.subjectKind === 'network')
    return deps.adopted.unmapNetwork(tx, { id, clusterId, openstackId }, true);
  const ports = portsMadeBy(adoption.rowsMade);
  await giveAddressesUp(deps, tx, ports);
  await deps.adopted.dropPorts(tx, ports);
  if (adoption.subjectKind !== 'server') return;
  await deps.adopted.unlinkPorts(tx, id);
  await deps.adopted.dropServer(tx, id);
}

/** The rows that an adoption made, and did not come to an end with, are taken away as if they had never been. */
export async function takeRowsAway(
  deps: Deps,
  tx: Transaction,
  clusterId: string,
  made: { rows: readonly AdoptedRow[]; held?: boolean | undefined },
): Promise<void> {
  const [subject] = made.rows;
  if (!subject?.openstack_id) return;
  const { id, openstack_id: openstackId } = subject;
  if (subject.kind === 'network') {
    await deps.adopted.unmapNetwork(tx, { id, clusterId, openstackId }, made.held ?? false);
    return deps.adopted.removeNetwork(tx, id);
  }
  const ports = portsMadeBy(made.rows);
  await giveAddressesUp(deps, tx, ports);
  await deps.adopted.removePorts(tx, ports);
  if (subject.kind !== 'server') return;
  await deps.adopted.unlinkPorts(tx, id);
  await deps.adopted.removeServer(tx, id);
}

async function giveAddressesUp(deps: Deps, tx: Transaction, portIds: readonly string[]): Promise<void> {
  for (const id of await deps.adopted.reservationsOf(tx, portIds)) await deps.withdrawals.giveUpIn(tx, id);
}
