import type { Transaction } from '@ultron/platform/database/transaction';
import type { CapacityStock, InventoryStock } from './cluster-stock.js';
import type { ClusterDeps } from './cluster.deps.js';

type Sink = Pick<ClusterDeps, 'flavors' | 'images' | 'networks' | 'securityGroups'>;

/** Hands what a cluster shows to the domains that map it to their own names. */
export async function writeInventory(
  tx: Transaction,
  sink: Sink,
  clusterId: string,
  stock: InventoryStock,
): Promise<void> {
  await sink.images.apply(tx, clusterId, stock.images);
  await sink.networks.apply(tx, clusterId, stock.networks);
  await sink.securityGroups.apply(tx, clusterId, stock.securityGroups);
}

export async function writeFlavors(
  tx: Transaction,
  sink: Pick<Sink, 'flavors'>,
  clusterId: string,
  stock: CapacityStock,
): Promise<void> {
  await sink.flavors.apply(tx, clusterId, stock.flavors);
}
