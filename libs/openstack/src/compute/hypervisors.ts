import type { CallOptions } from '../call.js';
import { orNull } from '../error/gone.js';
import type { SiftableListing } from '../paging/listing.js';
import { nextOf, type ListShape, type ServiceApi } from '../service-api.js';
import type {
  HypervisorListWire,
  HypervisorResponseWire,
  HypervisorStatisticsWire,
  HypervisorWire,
} from './hypervisors.wire.js';

/**
 * 2.88 takes the capacity figures out of hypervisors. This client stays below on purpose: at 2.87 every release
 * still shows them, so that one call serves all clusters.
 */
const KNOWN = '2.87';

const PAGE: ListShape<HypervisorListWire, HypervisorWire> = {
  list: 'hypervisors',
  items: (page) => page.hypervisors,
  next: (page) => nextOf(page.hypervisors_links),
  key: (hypervisor) => String(hypervisor.id),
};

/** `/os-hypervisors` of Nova (administrators). */
export class Hypervisors {
  constructor(private readonly api: ServiceApi) {}

  /** The hypervisors with their capacity; in pages from 2.33 on, in one answer below. */
  listDetail(filter: { pageSize?: number } = {}, call?: CallOptions): SiftableListing<HypervisorWire> {
    const queryFrom = { '2.33': { limit: filter.pageSize ?? 1000 } };
    return this.api.list(
      { method: 'GET', path: '/os-hypervisors/detail', queryFrom, knows: KNOWN, call },
      PAGE,
    );
  }

  /** The hypervisor, or null when the cluster says that there is none. */
  async find(id: string, call?: CallOptions): Promise<HypervisorWire | null> {
    const path = `/os-hypervisors/${encodeURIComponent(id)}`;
    const answer = await orNull(
      this.api.json<HypervisorResponseWire>({ method: 'GET', path, knows: KNOWN, call }),
    );
    return answer?.hypervisor ?? null;
  }

  /** The sums over all hypervisors. */
  async statistics(call?: CallOptions): Promise<HypervisorStatisticsWire['hypervisor_statistics']> {
    const path = '/os-hypervisors/statistics';
    return (await this.api.json<HypervisorStatisticsWire>({ method: 'GET', path, knows: KNOWN, call }))
      .hypervisor_statistics;
  }
}
