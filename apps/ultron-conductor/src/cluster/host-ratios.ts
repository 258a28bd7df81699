import { type Clock, systemClock } from '@ultron/kernel/clock';
import type { CallOptions } from '@ultron/openstack/call';
import type { Cloud } from '@ultron/openstack/cloud';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import type { HostInventory } from './hosts.rules.js';

type Inventories = ReadonlyMap<string, HostInventory>;

/** Ratios change with the configuration of a host, which is seldom; Placement tells them host by host. */
const TTL_MS = 10 * 60_000;
const AT_ONCE = 8;

/** How far each host is overcommitted, from Placement; remembered, because it takes one call per host. */
export class HostRatios {
  private readonly known = new Map<string, { readAt: number; inventories: Inventories }>();

  constructor(private readonly clock: Clock = systemClock) {}

  /** By the name of the host; empty where Placement cannot be read with this account. */
  async of(clusterId: string, cloud: Cloud, call: CallOptions): Promise<Inventories> {
    const known = this.known.get(clusterId);
    if (known && this.clock.now() - known.readAt < TTL_MS) return known.inventories;
    const inventories = await readInventories(cloud, call);
    this.known.set(clusterId, { readAt: this.clock.now(), inventories });
    return inventories;
  }

  forget(clusterId: string): void {
    this.known.delete(clusterId);
  }
}

async function readInventories(cloud: Cloud, call: CallOptions): Promise<Inventories> {
  const { resourceProviders } = cloud.placement;
  try {
    const providers = await resourceProviders.list({}, call);
    const inventories = new Map<string, HostInventory>();
    for (let from = 0; from < providers.length; from += AT_ONCE) {
      await Promise.all(
        providers.slice(from, from + AT_ONCE).map(async ({ uuid, name }) => {
          const inventory = await resourceProviders.inventories(uuid, call);
          if (inventory) inventories.set(name, inventory);
        }),
      );
    }
    return inventories;
  } catch (error) {
    if (error instanceof OpenStackError && (error.kind === 'auth' || error.code === 'no_endpoint'))
      return new Map();
    throw error;
  }
}
