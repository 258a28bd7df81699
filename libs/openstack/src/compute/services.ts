import type { CallOptions } from '../call.js';
import type { ServiceApi } from '../service-api.js';
import type { ComputeServiceListWire, ComputeServiceWire } from './services.wire.js';

/** 2.53 makes ids UUIDs, 2.69 shows services of a cell that does not answer. */
const KNOWN = '2.69';

/** `/os-services` of Nova (administrators). */
export class ComputeServices {
  constructor(private readonly api: ServiceApi) {}

  async list(
    filter: { binary?: string; host?: string } = {},
    call?: CallOptions,
  ): Promise<ComputeServiceWire[]> {
    const query = { binary: filter.binary, host: filter.host };
    const path = '/os-services';
    return (await this.api.json<ComputeServiceListWire>({ method: 'GET', path, query, knows: KNOWN, call }))
      .services;
  }
}
