import type { CallOptions } from '../call.js';
import { orNull } from '../error/gone.js';
import type { ServiceApi } from '../service-api.js';
import type {
  InventoriesResponseWire,
  InventoryWire,
  ResourceProviderListWire,
  ResourceProviderWire,
  UsagesResponseWire,
} from './resource-providers.wire.js';

/** 1.14 brings nested providers, 1.18 `required`, 1.20 bodies in answers; Queens has 1.17. */
const KNOWN = '1.30';

/** `/resource_providers` of Placement (administrators). It has no pages: an answer holds them all. */
export class ResourceProviders {
  constructor(private readonly api: ServiceApi) {}

  async list(filter: { name?: string } = {}, call?: CallOptions): Promise<ResourceProviderWire[]> {
    const answer = await this.api.json<ResourceProviderListWire>({
      method: 'GET',
      path: '/resource_providers',
      query: { name: filter.name },
      knows: KNOWN,
      call,
    });
    return answer.resource_providers;
  }

  /** The provider, or null when there is none. */
  find(uuid: string, call?: CallOptions): Promise<ResourceProviderWire | null> {
    const path = `/resource_providers/${uuid}`;
    return orNull(this.api.json<ResourceProviderWire>({ method: 'GET', path, knows: KNOWN, call }));
  }

  /** What the provider has, by resource class; null when the provider is gone. */
  async inventories(uuid: string, call?: CallOptions): Promise<Record<string, InventoryWire> | null> {
    const path = `/resource_providers/${uuid}/inventories`;
    const answer = await orNull(
      this.api.json<InventoriesResponseWire>({ method: 'GET', path, knows: KNOWN, call }),
    );
    return answer?.inventories ?? null;
  }

  /** What is taken of it, by resource class; null when the provider is gone. */
  async usages(uuid: string, call?: CallOptions): Promise<Record<string, number> | null> {
    const path = `/resource_providers/${uuid}/usages`;
    const answer = await orNull(
      this.api.json<UsagesResponseWire>({ method: 'GET', path, knows: KNOWN, call }),
    );
    return answer?.usages ?? null;
  }
}
