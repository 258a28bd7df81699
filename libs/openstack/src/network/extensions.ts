import type { CallOptions } from '../call.js';
import type { ServiceApi } from '../service-api.js';
import type { ExtensionListWire, ExtensionWire } from './extensions.wire.js';

/** `/v2.0/extensions` of Neutron: what it can do beyond its core, in place of versions. */
export class Extensions {
  constructor(private readonly api: ServiceApi) {}

  async list(call?: CallOptions): Promise<ExtensionWire[]> {
    return (await this.api.json<ExtensionListWire>({ method: 'GET', path: '/extensions', call })).extensions;
  }
}
