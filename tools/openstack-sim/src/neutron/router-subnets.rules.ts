import type { Cluster } from '../cluster/cluster.js';
import { parseCidr } from './address.rules.js';
import { badResource } from './neutron.errors.js';
import type { RouterRow, SubnetRow } from './network.store.js';
import { doOverlap } from './subnets.rules.js';

/** A router has one leg in a subnet, and none in subnets that overlap (`_check_for_dup_router_subnets`). */
export function refuseSharedSubnets(cluster: Cluster, router: RouterRow, coming: readonly SubnetRow[]): void {
  const held = heldSubnets(cluster, router);
  for (const subnet of coming) {
    if (held.has(subnet)) throw badResource('router', `Router already has a port on subnet ${subnet.id}`);
    for (const other of held) {
      const [a, b] = [parseCidr(subnet.cidr), parseCidr(other.cidr)];
      if (!a || !b || !doOverlap(a, b)) continue;
      throw badResource(
        'router',
        `Cidr ${subnet.cidr} of subnet ${subnet.id} overlaps with cidr ${other.cidr} of subnet ${other.id}`,
      );
    }
  }
}

function heldSubnets(cluster: Cluster, router: RouterRow): Set<SubnetRow> {
  const ids = [...cluster.network.portsByDevice.get(router.id)].flatMap((port) =>
    port.fixed_ips.map((ip) => ip.subnet_id),
  );
  return new Set(ids.map((id) => cluster.network.subnets.get(id)).filter((row) => row !== undefined));
}
