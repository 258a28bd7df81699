import type { CallOptions } from '../call.js';
import { orNull, wasThere } from '../error/gone.js';
import type { Listing } from '../paging/listing.js';
import { nextOf, type PageShape, type ServiceApi } from '../service-api.js';
import type {
  FlavorCreateWire,
  FlavorExtraSpecsWire,
  FlavorListWire,
  FlavorResponseWire,
  FlavorWire,
} from './flavors.wire.js';

/** From 2.61 on flavors show their extra specs. */
const KNOWN = '2.61';

const PAGE: PageShape<FlavorListWire, FlavorWire> = {
  items: (page) => page.flavors,
  next: (page) => nextOf(page.flavors_links),
  key: (flavor) => flavor.id,
};

/** `/flavors` of Nova. */
export class Flavors {
  constructor(private readonly api: ServiceApi) {}

  /** The flavors that the project may use; with `isPublic: 'none'` all of them (administrators). */
  list(filter: { isPublic?: 'none'; pageSize?: number } = {}, call?: CallOptions): Listing<FlavorWire> {
    const query = { limit: filter.pageSize ?? 1000, is_public: filter.isPublic };
    return this.api.list({ method: 'GET', path: '/flavors/detail', query, knows: KNOWN, call }, PAGE);
  }

  async get(id: string, call?: CallOptions): Promise<FlavorWire> {
    const path = `/flavors/${encodeURIComponent(id)}`;
    return (await this.api.json<FlavorResponseWire>({ method: 'GET', path, knows: KNOWN, call })).flavor;
  }

  find(id: string, call?: CallOptions): Promise<FlavorWire | null> {
    return orNull(this.get(id, call));
  }

  /** Makes a flavor (administrators); a description needs 2.55. */
  async create(flavor: FlavorCreateWire, call?: CallOptions): Promise<FlavorWire> {
    const answer = await this.api.json<FlavorResponseWire>({
      method: 'POST',
      path: '/flavors',
      body: { flavor },
      needs: flavor.description === undefined ? '2.1' : '2.55',
      knows: KNOWN,
      call,
    });
    return answer.flavor;
  }

  delete(id: string, call?: CallOptions): Promise<boolean> {
    const path = `/flavors/${encodeURIComponent(id)}`;
    return wasThere(this.api.send({ method: 'DELETE', path, knows: KNOWN, call }));
  }

  /** The extra specs, also where the flavor itself does not show them (below 2.61). */
  async extraSpecs(id: string, call?: CallOptions): Promise<Record<string, string>> {
    const path = `/flavors/${encodeURIComponent(id)}/os-extra_specs`;
    return (await this.api.json<FlavorExtraSpecsWire>({ method: 'GET', path, knows: KNOWN, call }))
      .extra_specs;
  }

  async setExtraSpecs(
    id: string,
    specs: Record<string, string>,
    call?: CallOptions,
  ): Promise<Record<string, string>> {
    const answer = await this.api.json<FlavorExtraSpecsWire>({
      method: 'POST',
      path: `/flavors/${encodeURIComponent(id)}/os-extra_specs`,
      body: { extra_specs: specs },
      knows: KNOWN,
      call,
    });
    return answer.extra_specs;
  }
}
