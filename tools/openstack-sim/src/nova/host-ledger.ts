import type { ComputeStore, FlavorRow, HostRow } from './compute.store.js';
import { type Usage, hasRoom } from './hosts.rules.js';

const none = (): Usage => ({ vcpus: 0, memoryMb: 0, diskGb: 0, servers: 0 });

/** What is used on each host, kept as a running sum, and the choice of a host. */
export class HostLedger {
  readonly #used = new Map<string, Usage>();

  constructor(private readonly store: ComputeStore) {}

  usage(host: string): Usage {
    return this.#used.get(host) ?? none();
  }

  take(host: string, flavor: FlavorRow): void {
    this.#add(host, flavor, 1);
  }

  give(host: string, flavor: FlavorRow): void {
    this.#add(host, flavor, -1);
  }

  /** The host with the most free memory that has room, as Nova's default weighers prefer it. */
  choose(flavor: FlavorRow, zone: string | null): HostRow | undefined {
    let best: HostRow | undefined;
    let most = -Infinity;
    for (const host of this.store.hosts.values()) {
      const used = this.usage(host.id);
      const free = host.memoryMb - used.memoryMb;
      const fits =
        host.up && !host.disabled && (zone === null || zone === host.zone) && hasRoom(host, used, flavor);
      if (fits && free > most) [best, most] = [host, free];
    }
    return best;
  }

  #add(host: string, flavor: FlavorRow, sign: 1 | -1): void {
    const used = this.usage(host);
    this.#used.set(host, {
      vcpus: used.vcpus + sign * flavor.vcpus,
      memoryMb: used.memoryMb + sign * flavor.ram,
      diskGb: used.diskGb + sign * (flavor.disk + flavor.ephemeral),
      servers: used.servers + sign,
    });
    const row = this.store.hosts.get(host);
    if (row) row.generation++;
  }
}
